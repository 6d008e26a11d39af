import CKernels

/// The maximum of each `size` x `size` window; windows do not overlap, a rest at the right and bottom is left out.
///
/// x [B, C, H, W]: [B, C, H / size, W / size]. Of equal maxima the first gets the gradient.
public func maxPool2d(_ x: Tensor, size: Int) -> Tensor {
    precondition(x.shape.count == 4 && size > 0, "maxPool2d: x \(x.shape), size \(size)")
    let (height, width, planes) = (x.shape[2], x.shape[3], x.shape[0] * x.shape[1])
    let area = height * width, outArea = (height / size) * (width / size)
    let y = Tensor(uninitialized: [x.shape[0], x.shape[1], height / size, width / size])
    let places = Storage(uninitialized: planes * outArea)               // Int32 of the same size
    let place = UnsafeMutableRawPointer(places.pointer).bindMemory(to: Int32.self, capacity: max(1, planes * outArea))
    let source = x.pointer, target = y.pointer
    parallelFor(planes) { i in
        ck_max_pool(source + i * area, target + i * outArea, place + i * outArea, 1, height, width, size)
    }
    y.record([x]) { dy in
        let d = dy.pointer
        x.accumulate { dx, adds in
            parallelFor(planes) { i in
                if !adds { ck_fill(dx + i * area, 0, area) }
                for j in i * outArea..<(i + 1) * outArea { dx[i * area + Int(place[j])] += d[j] }
            }
        }
        withExtendedLifetime(places) {}
    }
    return y
}

/// The mean over each plane: [B, C, H, W] to [B, C].
public func averagePoolGlobal(_ x: Tensor) -> Tensor {
    precondition(x.shape.count == 4, "averagePoolGlobal: x \(x.shape)")
    let planes = x.shape[0] * x.shape[1], area = x.shape[2] * x.shape[3]
    let y = Tensor(uninitialized: [x.shape[0], x.shape[1]])
    let source = x.pointer, target = y.pointer
    for i in 0..<planes { target[i] = Float(ck_sum(source + i * area, area) / Double(max(1, area))) }
    y.record([x]) { dy in
        let d = dy.pointer
        x.accumulate { dx, adds in
            for i in 0..<planes {
                let value = d[i] / Float(max(1, area))
                if adds { for j in i * area..<(i + 1) * area { dx[j] += value } } else { ck_fill(dx + i * area, value, area) }
            }
        }
    }
    return y
}
