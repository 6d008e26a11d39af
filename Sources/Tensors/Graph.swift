import CKernels
import Synchronization

/// One operation in the graph: what it read and how a gradient of its result flows to that.
final class Node {
    let order: UInt64
    let inputs: [Tensor]
    let backward: (Tensor) -> Void

    init(inputs: [Tensor], backward: @escaping (Tensor) -> Void) {
        self.order = Node.counter.wrappingAdd(1, ordering: .relaxed).newValue
        self.inputs = inputs
        self.backward = backward
    }

    /// Later operations have larger numbers, so decreasing order is a valid order for the backward pass.
    private static let counter = Atomic<UInt64>(0)
    /// No operation has a larger number yet.
    static var latest: UInt64 { counter.load(ordering: .relaxed) }
}

extension Tensor {
    /// Makes this the result of an operation on `inputs`, if one of them requires a gradient and gradients are on.
    ///
    /// `backward` gets the gradient of the result and adds to the inputs' by `accumulate`.
    func record(_ inputs: [Tensor], backward: @escaping (Tensor) -> Void) {
        guard gradientsAreOn, inputs.contains(where: \.requiresGradient) else { return }
        requiresGradient = true
        node = Node(inputs: inputs.filter(\.requiresGradient), backward: backward)
    }

    /// Calls `body(destination, accumulates)`: where to write this tensor's gradient, and whether to add to what is there.
    /// Not called if the tensor requires none.
    func accumulate(_ body: (UnsafeMutablePointer<Float>, Bool) -> Void) {
        guard requiresGradient else { return }
        if let gradient {
            gradient.makeUnique()
            body(gradient.pointer, true)
        } else {
            let fresh = Tensor(uninitialized: shape)
            body(fresh.pointer, false)
            gradient = fresh
        }
    }

    /// Adds `dy`, of as many values; takes its storage instead of a copy where there is no gradient yet.
    func accumulate(sharing dy: Tensor) {
        guard requiresGradient else { return }
        if let gradient {
            gradient.makeUnique()
            let target = gradient.pointer, source = dy.pointer
            forEachPart(of: count, each: elementwisePart) { from, n in
                ck_add(target + from, source + from, target + from, n)
            }
        } else {
            gradient = Tensor(storage: dy.storage, shape: shape)
        }
    }

    /// Copies the storage if another tensor uses it too.
    private func makeUnique() {
        guard !isKnownUniquelyReferenced(&storage) else { return }
        let copy = Storage(uninitialized: count), source = pointer
        forEachPart(of: count, each: elementwisePart) { from, n in (copy.pointer + from).update(from: source + from, count: n) }
        storage = copy
    }

    /// Accumulates the gradient of this scalar, times `scale`, in every tensor it was computed from that requires one,
    /// then frees the graph. Gradients of intermediate results are freed on the way.
    public func backward(scale: Float = 1) {
        precondition(count == 1, "backward from a tensor of shape \(shape); it starts from a scalar")
        guard requiresGradient else { return }
        accumulate(sharing: .filled(scale, shape: shape))
        propagate(after: 0)
    }

    /// Carries the gradient that is here to everything this was computed from, through operations later than number `first`.
    fileprivate func propagate(after first: UInt64) {
        var seen = Set<ObjectIdentifier>(), reached: [(tensor: Tensor, node: Node)] = [], waiting = [self]
        while let tensor = waiting.popLast() {
            guard let node = tensor.node, seen.insert(ObjectIdentifier(tensor)).inserted else { continue }
            precondition(node.order > first, "checkpoint: its body reads the result of an operation that is not among its inputs")
            reached.append((tensor, node))
            waiting.append(contentsOf: node.inputs)
        }
        reached.sort { $0.node.order < $1.node.order }
        withoutGradients {
            while let (tensor, node) = reached.popLast() {
                tensor.node = nil
                guard let dy = tensor.gradient else { continue }
                tensor.gradient = nil
                node.backward(dy)
            }
        }
    }
}

/// The result of `body(inputs)` without what it computed on the way: the backward pass runs `body` once more for that.
///
/// Bits of the result and of all gradients are those of `body` by itself; activations of only one such piece live at a time.
/// - Parameters:
///   - inputs: every result of another operation that `body` reads; it gets stand-ins for them. Parameters it may capture.
///   - body: deterministic. In the backward pass it runs in the precision of the forward pass.
public func checkpoint(_ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor) -> Tensor {
    guard gradientsAreOn else { return body(inputs) }
    let precision = Compute.precision
    let y = withoutGradients { body(inputs).detached() }
    y.requiresGradient = true                       // whether parameters inside want gradients is known in the second run
    y.node = Node(inputs: inputs.filter(\.requiresGradient)) { dy in
        let first = Node.latest
        var standIns: [ObjectIdentifier: Tensor] = [:]
        let inner = inputs.map { input in
            if let known = standIns[ObjectIdentifier(input)] { return known }
            let standIn = input.detached()
            standIn.requiresGradient = input.requiresGradient
            // What has come from elsewhere goes along, so that sums are in the same order.
            (standIn.gradient, input.gradient) = (input.gradient, nil)
            standIns[ObjectIdentifier(input)] = standIn
            return standIn
        }
        let again = withGradients { Compute.withPrecision(precision) { body(inner) } }
        if again.requiresGradient {
            again.accumulate(sharing: dy)
            again.propagate(after: first)
        }
        for input in inputs {
            guard let standIn = standIns.removeValue(forKey: ObjectIdentifier(input)) else { continue }
            input.gradient = standIn.gradient
        }
    }
    return y
}
