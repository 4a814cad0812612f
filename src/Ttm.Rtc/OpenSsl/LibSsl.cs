using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>What is used of OpenSSL 3's libssl, and of libcrypto beside it, under the C names. C's <c>long</c> is <see cref="CLong"/>.</summary>
internal static unsafe partial class LibSsl
{
    // openssl/ssl.h
    internal const int Dtls12 = 0xFEFD;
    internal const int CtrlSetMtu = 17;
    internal const int CtrlSetSessionCacheMode = 44;
    internal const int CtrlSetMaxCertificateList = 51;
    internal const int CtrlHandleTimeout = 74;
    internal const int CtrlSetGroupsList = 92;
    internal const int CtrlSetMinVersion = 123;
    internal const int CtrlSetMaxVersion = 124;
    internal const int VerifyPeer = 1;
    internal const int FailIfNoPeerCertificate = 2;
    internal const int ErrorWantRead = 2;
    internal const int ErrorZeroReturn = 6;
    internal const ulong OptionNoQueryMtu = 0x1000;
    internal const ulong OptionNoTicket = 0x4000;
    internal const ulong OptionNoCompression = 0x2_0000;
    internal const ulong OptionServerPreference = 0x40_0000;
    internal const ulong OptionNoRenegotiation = 0x4000_0000;

    // openssl/evp.h, openssl/bio.h, openssl/x509_vfy.h
    internal const int PrivateKeyTypeEc = 408;
    internal const int BioCtrlReset = 1;
    internal const int BioCtrlInfo = 3;
    internal const int CertificateRejected = 28;

    static LibSsl() => NativeLibraries.Register(typeof(LibSsl).Assembly);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial nint DTLS_method();

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial nint SSL_CTX_new(nint method);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_CTX_free(nint context);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial CLong SSL_CTX_ctrl(nint context, int command, CLong argument, void* pointer);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial ulong SSL_CTX_set_options(nint context, ulong options);

    [LibraryImport(NativeLibraries.Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_CTX_set_cipher_list(nint context, string ciphers);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_CTX_use_certificate_ASN1(nint context, int length, byte* der);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_CTX_use_PrivateKey_ASN1(int type, nint context, byte* der, CLong length);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_CTX_set_verify(nint context, int mode, nint callback);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_CTX_set_cert_verify_callback(nint context, delegate* unmanaged[Cdecl]<nint, nint, int> callback, nint argument);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial nint SSL_new(nint context);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_free(nint ssl);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_set_bio(nint ssl, nint readBio, nint writeBio);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_set_connect_state(nint ssl);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void SSL_set_accept_state(nint ssl);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial CLong SSL_ctrl(nint ssl, int command, CLong argument, void* pointer);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_set_ex_data(nint ssl, int index, nint data);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial nint SSL_get_ex_data(nint ssl, int index);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_get_ex_data_X509_STORE_CTX_idx();

    /// <summary>0 means success.</summary>
    [LibraryImport(NativeLibraries.Ssl, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int SSL_set_tlsext_use_srtp(nint ssl, string profiles);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial SrtpProtectionProfile* SSL_get_selected_srtp_profile(nint ssl);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial void DTLS_set_timer_cb(nint ssl, delegate* unmanaged[Cdecl]<nint, uint, uint> callback);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_do_handshake(nint ssl);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_read(nint ssl, byte* buffer, int length);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_shutdown(nint ssl);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_get_error(nint ssl, int result);

    [LibraryImport(NativeLibraries.Ssl)]
    internal static partial int SSL_export_keying_material(
        nint ssl, byte* output, nuint outputLength, byte* label, nuint labelLength, byte* context, nuint contextLength, int useContext);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint BIO_s_mem();

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint BIO_new(nint type);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int BIO_free(nint bio);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int BIO_write(nint bio, byte* data, int length);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial CLong BIO_ctrl(nint bio, int command, CLong argument, void* pointer);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint X509_STORE_CTX_get_ex_data(nint store, int index);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint X509_STORE_CTX_get0_cert(nint store);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial void X509_STORE_CTX_set_error(nint store, int error);

    /// <summary>The length of the DER form; writes it where <paramref name="output"/> is not null, and advances the pointer.</summary>
    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int i2d_X509(nint certificate, byte** output);

    /// <summary>SRTP_PROTECTION_PROFILE of openssl/srtp.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct SrtpProtectionProfile
    {
        internal nint Name;
        internal CULong Id;
    }
}
