using System.Text;
using Ttm.Server.Configuration;

namespace Ttm.Server.Webhooks;

/// <summary>The configuration section <c>Webhooks</c>.</summary>
/// <param name="Urls">Everybody who gets every event; empty: nobody, and no outbox is kept.</param>
/// <param name="Key">What the secret stands for. Never logged.</param>
/// <param name="Directory">Of the outbox; null where nothing may touch the disk.</param>
internal sealed record WebhookOptions(IReadOnlyList<Uri> Urls, byte[] Key, string? Directory)
{
    public const int MinimumKeyBytes = 16;
    private const string Prefix = "whsec_";

    public static WebhookOptions Read(Settings settings, string? spool)
    {
        var urls = settings.List("Webhooks:Urls").Select(Url).Distinct().ToList();
        var secret = settings.TextOrNull("Webhooks:Secret");
        if (urls.Count > 0 && secret is null)
            throw StartException.Setting("Webhooks:Secret", null, "set it to what the receivers check signatures with, for example from \"openssl rand -base64 32\"");
        var key = secret is null ? [] : KeyOf(secret);
        if (secret is not null && key.Length < MinimumKeyBytes)
            throw new StartException($"Webhooks:Secret stands for {key.Length} bytes: give it at least {MinimumKeyBytes}, for example from \"openssl rand -base64 32\".");
        return new(urls, key, spool is null ? null : Path.Combine(Path.GetFullPath(spool), "webhooks"));
    }

    /// <summary>Standard Webhooks: base64, with or without <c>whsec_</c>. Text that is no base64 stands for itself.</summary>
    public static byte[] KeyOf(string secret)
    {
        var text = secret.StartsWith(Prefix, StringComparison.Ordinal) ? secret[Prefix.Length..] : secret;
        var key = new byte[text.Length];
        return Convert.TryFromBase64String(text, key, out var length) ? key[..length] : Encoding.UTF8.GetBytes(text);
    }

    public override string ToString() => $"{Urls.Count} webhook receivers";

    private static Uri Url(string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.UserInfo.Length == 0)
            return url;
        throw StartException.Setting("Webhooks:Urls", text, "set it to addresses such as https://school.example.org/hooks/ttm, separated by commas");
    }
}
