/// A piece of work that writes tokens in a slot of a batch, one step at a time.
public protocol DecodingTask {
    /// What the slot shall do next.
    ///
    /// - Parameters:
    ///   - logits: [V] after the slot's last token; empty at the first step.
    ///   - position: tokens in the slot.
    ///   - capacity: tokens there is room for.
    /// - Throws: ends this task with an error; others go on.
    mutating func step(_ logits: UnsafeBufferPointer<Float>, position: Int, capacity: Int) throws -> DecodingStep
}

/// The next move of a `DecodingTask`.
public enum DecodingStep {
    /// Tokens, one or more, after those that are there.
    case append([Int])
    /// Tokens, one or more, in an empty slot: another try.
    case restart([Int])
    /// The work is done; the slot is free for another task.
    case finished
}

extension DecodingBatch {
    /// Works through tasks, as many at a time as there are slots; a slot that is free takes the next task at once (continuous
    /// batching, as Orca has it: Yu et al. 2022). Each task ends as it would alone.
    ///
    /// - Parameter onFinish: called with each task as it ends, in the order of ending; the error is what its step or the cache threw.
    public func run<Task: DecodingTask>(_ tasks: [Task], onFinish: (_ index: Int, _ task: Task, _ error: (any Error)?) throws -> Void) throws {
        var next = 0
        var active = [(index: Int, task: Task)?](repeating: nil, count: slots)
        let nothing = UnsafeBufferPointer<Float>(start: nil, count: 0)
        var additions: [(slot: Int, tokens: [Int])] = []
        func take(_ slot: Int) -> (index: Int, task: Task)? {
            guard next < tasks.count else { return nil }
            truncate(slot, to: 0)
            defer { next += 1 }
            return (next, tasks[next])
        }
        repeat {
            additions.removeAll(keepingCapacity: true)
            for slot in 0..<slots {
                work: while case (let index, var task)? = active[slot] ?? take(slot) {
                    active[slot] = nil                              // one owner: no copy of what the task holds
                    let outcome = Result { () throws -> [Int]? in
                        let tokens: [Int]
                        switch try task.step(isReady(slot) ? logits(slot) : nothing, position: position(slot), capacity: capacity) {
                        case .append(let more): tokens = more
                        case .restart(let anew):
                            truncate(slot, to: 0)
                            tokens = anew
                        case .finished: return nil
                        }
                        precondition(!tokens.isEmpty, "a step of no tokens")
                        try check(slot, tokens)
                        return tokens
                    }
                    switch outcome {
                    case .success(let tokens?):
                        additions.append((slot, tokens))
                        active[slot] = (index, task)
                        break work
                    case .success(nil): try onFinish(index, task, nil)
                    case .failure(let error): try onFinish(index, task, error)
                    }
                }
            }
            try extend(additions)
        } while !additions.isEmpty
    }
}
