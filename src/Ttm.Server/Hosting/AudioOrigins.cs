using Ttm.Recorder.Storage;

namespace Ttm.Server.Hosting;

/// <summary>Where presigned URLs of the object store lead, as sources of a Content-Security-Policy.</summary>
internal sealed record AudioOrigins(IReadOnlyList<string> Sources)
{
    public static AudioOrigins Of(StorageOptions storage)
    {
        if (!storage.Provider.Equals("S3", StringComparison.OrdinalIgnoreCase))
            return new([]);
        var service = storage.S3.PublicServiceUrl ?? storage.S3.ServiceUrl;
        if (!Uri.TryCreate(service, UriKind.Absolute, out var url))
            return new(["https://*.amazonaws.com"]);
        var origin = url.GetLeftPart(UriPartial.Authority);

        // Without path style the bucket's name is part of the host's.
        return new(storage.S3.ForcePathStyle == false ? [origin, $"{url.Scheme}://*.{url.Authority}"] : [origin]);
    }
}
