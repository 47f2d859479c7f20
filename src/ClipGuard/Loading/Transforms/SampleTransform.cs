namespace ClipGuard.Loading;

/// <summary>
/// Changes a decoded sample before it becomes part of its batch: augmentation. It may change its clips' elements, replace them by others of another shape,
/// or drop the sample. It runs on the loader's workers, many samples at a time, and never on the thread that consumes batches; so what several samples share
/// has to bear several threads. A sample for which it throws is a bad one under <see cref="LoaderOptions.OnBadSample"/>.
/// </summary>
/// <param name="context">The sample, its clips, and the random numbers that belong to it; valid during the call only.</param>
public delegate void SampleTransform(SampleTransformContext context);
