namespace ClipGuard.ObjectStorage;

/// <summary>How an object store that speaks S3 is asked. Credentials are none of these: they come from where Amazon's SDK looks for them.</summary>
public sealed record S3Options
{
    /// <summary>
    /// Address of the store, http or https; null (the default) for Amazon's own, or what the variables <c>AWS_ENDPOINT_URL_S3</c> and <c>AWS_ENDPOINT_URL</c>
    /// or the profile say.
    /// </summary>
    public Uri? Endpoint { get; init; }

    /// <summary>
    /// Region of the buckets, as <c>eu-west-1</c>; null (the default) for what the variable <c>AWS_REGION</c> or the profile says, and without these
    /// <c>us-east-1</c>.
    /// </summary>
    public string? Region { get; init; }

    /// <summary>
    /// Whether the bucket stands in the path of an address (true), or in the name of its host (false). Null (the default) is true where an endpoint is given:
    /// few stores of others have a host for each bucket.
    /// </summary>
    public bool? PathStyle { get; init; }

    /// <summary>Whether requests are not signed, as public buckets allow. False (the default) looks for credentials.</summary>
    public bool Anonymous { get; init; }
}
