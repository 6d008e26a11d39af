// Tensors: what every model here computes with. Arrays of `Float` in row-major order, a small set of operations with
// reverse-mode gradients on a graph built as they run, AdamW, safetensors files, reproducible random numbers and the
// thread pool. It is made for language models of a few million parameters on a CPU with few cores.
//
// Main types: ``Tensor`` (storage, shape, gradient), the operations as free functions (``linear(_:_:bias:)``,
// ``attention(query:key:value:batch:length:heads:keyValueHeads:mask:rotary:)``, ``crossEntropy(_:targets:weights:)``, ...),
// ``AdamW``, ``SafeTensors``, ``RandomSource``, ``Compute`` and, inside this package, `Inference` for decoding.
//
// Promises: the same input gives the same bits whatever the number of threads (all work is cut into tiles whose sizes
// depend on the shapes only, and every sum has a fixed order) on one kernel level (``Compute/kernels``); a training step
// takes its memory from a free list; gradients are added in place.
//
// ```swift
// var random = RandomSource(seed: 1)
// let weight = Tensor.normal([1, 2], deviation: 0.1, using: &random)      // [out, in]
// weight.requiresGradient = true
// var optimiser = AdamW()
// let x = Tensor([1, 2, 3, 4], shape: [2, 2]), wanted = Tensor([-3, -7], shape: [2, 1])
// for _ in 0..<100 {
//     let error = linear(x, weight) + wanted                               // [2, 1]
//     (error * error).mean().backward()
//     optimiser.step(parameters: [weight], learningRate: 0.05)
//     weight.zeroGradient()
// }
// ```
//
// Shapes in comments: B batch, T positions, N rows (B·T), C channels or width, H heads, D head width, V vocabulary.
// Wrong shapes are errors of the calling program and stop it with a message; data from outside is checked where it
// enters (`SafeTensors`), with typed errors.
