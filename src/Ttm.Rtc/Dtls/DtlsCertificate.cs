using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Ttm.Rtc.OpenSsl;

namespace Ttm.Rtc.Dtls;

/// <summary>
/// A self-signed certificate on a fresh P-256 key, and OpenSSL's settings for all connections that use it. One serves a whole process;
/// its connections may run on several threads at once and outlive it.
/// </summary>
public sealed class DtlsCertificate : IDisposable
{
    /// <summary>Of what browsers offer in DTLS 1.2 the suites that are ECDHE and AES-GCM; the first is mandatory (RFC 8827 section 6.5).</summary>
    private const string Ciphers =
        "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

    private const int MaxPeerCertificates = 16 * 1024;

    private DtlsCertificate(byte[] certificate, byte[] privateKey)
    {
        Fingerprint = DtlsFingerprint.Of(certificate);
        Context = new SslContextHandle();
        Configure(Context.DangerousGetHandle(), certificate, privateKey);
        SslConnection.UseOwners(Context);
    }

    /// <summary>For our SDP.</summary>
    public DtlsFingerprint Fingerprint { get; }

    internal SslContextHandle Context { get; }

    /// <param name="now">Wall time. Valid from the day before for ten years; peers judge by the fingerprint alone.</param>
    public static DtlsCertificate Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=TtmMedia", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
        byte[] privateKey = key.ExportECPrivateKey();
        try
        {
            return new DtlsCertificate(certificate.RawData, privateKey);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    public void Dispose() => Context.Dispose();

    private static unsafe void Configure(nint context, byte[] certificate, byte[] privateKey)
    {
        _ = LibSsl.SSL_CTX_set_options(
            context,
            LibSsl.OptionNoQueryMtu | LibSsl.OptionNoTicket | LibSsl.OptionNoCompression | LibSsl.OptionServerPreference | LibSsl.OptionNoRenegotiation);
        _ = LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetSessionCacheMode, default, null);
        _ = LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetMaxCertificateList, new CLong(MaxPeerCertificates), null);
        LibSsl.SSL_CTX_set_verify(context, LibSsl.VerifyPeer | LibSsl.FailIfNoPeerCertificate, 0);
        fixed (byte* groups = "X25519:P-256:P-384\0"u8, certificatePointer = certificate, keyPointer = privateKey)
        {
            if (LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetMinVersion, new CLong(LibSsl.Dtls12), null).Value != 1
                || LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetMaxVersion, new CLong(LibSsl.Dtls12), null).Value != 1
                || LibSsl.SSL_CTX_ctrl(context, LibSsl.CtrlSetGroupsList, default, groups).Value != 1
                || LibSsl.SSL_CTX_set_cipher_list(context, Ciphers) != 1
                || LibSsl.SSL_CTX_use_certificate_ASN1(context, certificate.Length, certificatePointer) != 1
                || LibSsl.SSL_CTX_use_PrivateKey_ASN1(LibSsl.PrivateKeyTypeEc, context, keyPointer, new CLong(privateKey.Length)) != 1)
                throw OpenSslError.ToException(nameof(LibSsl.SSL_CTX_ctrl));
        }
    }
}
