namespace Ttm.Server.Configuration;

/// <param name="Urls">Where HTTP listens; empty where ASPNETCORE_URLS or Kestrel:Endpoints say it.</param>
/// <param name="CorsOrigins">Origins that may call; empty for any.</param>
/// <param name="MaxConnections">TCP connections at one time; further ones are closed.</param>
internal sealed record HttpOptions(IReadOnlyList<string> Urls, IReadOnlyList<string> CorsOrigins, int MaxConnections = HttpOptions.UsualMaxConnections)
{
    public const int UsualMaxConnections = 20_000;
    public const string DefaultUrl = "http://localhost:8080";

    /// <summary>Outside Development, where there is an HTTPS endpoint.</summary>
    public bool RedirectToHttps { get; init; } = true;

    /// <summary>The directory into which an ACME client (certbot's <c>--webroot</c>) puts its challenges; null for none.</summary>
    public string? AcmeWebroot { get; init; }

    /// <summary>The name by which browsers reach this server; null where it is not told.</summary>
    public string? Domain { get; init; }

    public static HttpOptions Read(Settings settings)
    {
        var urls = settings.List("Http:Urls");
        foreach (var url in urls)
            CheckUrl("Http:Urls", url);
        var elsewhere = settings.TextOrNull("urls") is not null || settings.Has("Kestrel:Endpoints");
        var origins = settings.List("Http:CorsOrigins");
        return new(urls.Count == 0 && !elsewhere ? [DefaultUrl] : urls, origins.Contains("*") ? [] : [.. origins.Select(Origin)], settings.Number("Http:MaxConnections", UsualMaxConnections, 1, 1_000_000))
        {
            RedirectToHttps = settings.Flag("Http:RedirectToHttps", true),
            AcmeWebroot = settings.TextOrNull("Http:AcmeWebroot"),
            Domain = settings.TextOrNull("Http:Domain"),
        };
    }

    private static void CheckUrl(string key, string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            if (address.Scheme is "http" or "https" && address.PathBase.Length == 0 && address.Port is >= 0 and <= ushort.MaxValue)
                return;
        }
        catch (FormatException)
        {
            // Told below, in the same words.
        }

        throw StartException.Setting(key, url, "set it to addresses such as http://localhost:8080 or http://0.0.0.0:8080, separated by semicolons");
    }

    private static string Origin(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { AbsolutePath: "/", Query: "", UserInfo: "" })
            return uri.GetLeftPart(UriPartial.Authority);
        throw StartException.Setting("Http:CorsOrigins", text, "set it to origins such as https://lessons.example.org, without a path");
    }
}
