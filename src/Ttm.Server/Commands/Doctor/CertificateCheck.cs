using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ttm.Server.Commands.Doctor;

/// <summary>The certificate of <c>Kestrel:Certificates:Default</c>: its key, its time, its names, and whether anybody trusts who signed it.</summary>
internal static class CertificateCheck
{
    private const string Subject = "certificate";
    private static readonly TimeSpan RenewalTime = TimeSpan.FromDays(14);

    public static Finding Run(DoctorContext context, TimeProvider clock)
    {
        var section = context.Configuration.GetSection("Kestrel:Certificates:Default");
        var isHttps = context.Endpoints.Any(endpoint => endpoint.Scheme == "https");
        if (section["Path"] is not { } path)
        {
            return isHttps
                ? Finding.Mend(Subject, "HTTPS has none: set Kestrel:Certificates:Default:Path and KeyPath to PEM files.")
                : Finding.Mend(Subject, "there is no HTTPS, without which browsers give no page a microphone (but on localhost): set Kestrel:Endpoints:Https:Url and Kestrel:Certificates:Default, or let a proxy in front do it.");
        }

        try
        {
            using var certificate = section["KeyPath"] is { } key ? X509Certificate2.CreateFromPemFile(path, key) : X509CertificateLoader.LoadPkcs12FromFile(path, section["Password"]);
            return Judge(context, clock.GetUtcNow(), path, certificate);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return Finding.Mend(Subject, $"{path} and its key cannot be used ({exception.Message}): give PEM files that belong together and that the server's user may read.");
        }
    }

    private static Finding Judge(DoctorContext context, DateTimeOffset now, string path, X509Certificate2 certificate)
    {
        var until = certificate.NotAfter.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (now < certificate.NotBefore)
            return Finding.Mend(Subject, $"{path} is not valid yet: look at the clock.");
        if (now > certificate.NotAfter)
            return Finding.Mend(Subject, $"{path} has ended on {until}: renew it.");
        if (now > certificate.NotAfter - RenewalTime)
            return Finding.Mend(Subject, $"{path} ends on {until}, and should have been renewed by now: look at certbot's timer.");
        if (context.Settings.Http.Domain is { } domain && !certificate.MatchesHostname(domain))
            return Finding.Mend(Subject, $"{path} is not for {domain} (Http:Domain): get one for this name.");
        if (!IsTrusted(path, certificate, out var reason))
            return Finding.Mend(Subject, $"{path} is trusted by nobody ({reason}): get one of a public authority, with its intermediate certificates in the file.");
        return Finding.Fine(Subject, $"{path}, {context.Settings.Http.Domain ?? certificate.GetNameInfo(X509NameType.DnsName, false)}, until {until}");
    }

    private static bool IsTrusted(string path, X509Certificate2 certificate, out string reason)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        try
        {
            chain.ChainPolicy.ExtraStore.ImportFromPemFile(path);
        }
        catch (CryptographicException)
        {
            // Not PEM: a PFX brings its own.
        }

        var isTrusted = chain.Build(certificate);
        reason = string.Join(", ", chain.ChainStatus.Select(status => status.Status.ToString()).Distinct());
        return isTrusted;
    }
}
