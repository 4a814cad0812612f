using Ttm.Server.Configuration;

namespace Ttm.Server.Hosting;

/// <summary>Where presigned URLs of the object store lead, as sources of a Content-Security-Policy.</summary>
internal sealed record AudioOrigins(IReadOnlyList<string> Sources)
{
    public static AudioOrigins Read(Settings settings)
    {
        if (settings.OneOf("Storage:Provider", "FileSystem", "FileSystem", "S3") == "FileSystem")
            return new([]);
        if (settings.TextOrNull("Storage:S3:ServiceUrl") is not { } text)
            return new(["https://*.amazonaws.com"]);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw StartException.Setting("Storage:S3:ServiceUrl", text, "set it to an address such as https://s3.example.org");
        var origin = url.GetLeftPart(UriPartial.Authority);
        var isName = url.HostNameType == UriHostNameType.Dns;
        return new(isName && !settings.Flag("Storage:S3:ForcePathStyle", false) ? [origin, $"{url.Scheme}://*.{url.Authority}"] : [origin]);
    }
}
