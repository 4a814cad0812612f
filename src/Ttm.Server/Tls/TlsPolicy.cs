using System.Net.Security;
using System.Security.Authentication;

namespace Ttm.Server.Tls;

/// <summary>TLS 1.2 with forward secrecy and authenticated encryption (RFC 9325 section 4.2), and TLS 1.3.</summary>
internal static class TlsPolicy
{
    private static readonly TlsCipherSuite[] Suites =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    ];

    // Only where TLS is OpenSSL's can suites be chosen; macOS and Windows have sound ones of their own.
    private static readonly CipherSuitesPolicy? Policy = OperatingSystem.IsLinux() ? new CipherSuitesPolicy(Suites) : null;

    /// <summary>Fills in what the configuration (<c>SslProtocols</c> of an endpoint) leaves to the system.</summary>
    public static void Apply(SslServerAuthenticationOptions options)
    {
        if (options.EnabledSslProtocols == SslProtocols.None)
            options.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        options.CipherSuitesPolicy ??= Policy;
        options.AllowRenegotiation = false;
    }
}
