using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ttm.Server.Tls;

/// <summary>
/// A certificate from PEM files, read again when they have changed: what renews them needs to tell nobody, and connections that are open stay so.
/// </summary>
internal sealed partial class ReloadedCertificate(string path, string keyPath, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);
    private readonly Lock _gate = new();
    private SslStreamCertificateContext? _current;
    private (DateTime Certificate, DateTime Key) _stamps;
    private long? _lookedAt;

    /// <summary>The newest that could be read; null where none could.</summary>
    public SslStreamCertificateContext? Current()
    {
        lock (_gate)
        {
            if (_lookedAt is { } looked && time.GetElapsedTime(looked) < LookInterval)
                return _current;
            _lookedAt = time.GetTimestamp();
            var stamps = (File.GetLastWriteTimeUtc(path), File.GetLastWriteTimeUtc(keyPath));
            if (stamps != _stamps)
                Read(stamps);
            return _current;
        }
    }

    private void Read((DateTime Certificate, DateTime Key) stamps)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPemFile(path, keyPath);

            // Windows' TLS wants a key that is in a store.
            if (OperatingSystem.IsWindows())
                leaf = X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(path);
            _current = SslStreamCertificateContext.Create(leaf, chain, offline: true);
            _stamps = stamps;
            LogRead(path, leaf.NotAfter);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // One file is new already and the other is not, perhaps: the next look tells.
            LogUnreadable(path, exception.Message);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "TLS certificate of {Path} is good until {NotAfter}")]
    private partial void LogRead(string path, DateTime notAfter);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "TLS certificate of {Path} cannot be read, the one before stays: {Reason}")]
    private partial void LogUnreadable(string path, string reason);
}
