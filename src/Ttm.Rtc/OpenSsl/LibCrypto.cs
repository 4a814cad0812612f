using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>
/// What is used of OpenSSL 3's libcrypto, under its C names. Contexts are raw pointers: the owners (<see cref="EvpCipherContext"/>,
/// <see cref="EvpMacContext"/>) hold them in a SafeHandle and keep themselves alive, which spares every packet the reference counting. The
/// calls of each packet take well under a microsecond and call nothing back, so that they need not let the garbage collector in.
/// </summary>
internal static unsafe partial class LibCrypto
{
    /// <summary>EVP_CTRL_AEAD_GET_TAG and EVP_CTRL_AEAD_SET_TAG of openssl/evp.h.</summary>
    internal const int GetTag = 0x10;
    internal const int SetTag = 0x11;

    static LibCrypto() => NativeLibraries.Register(typeof(LibCrypto).Assembly);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint EVP_CIPHER_CTX_new();

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial void EVP_CIPHER_CTX_free(nint context);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint EVP_aes_128_gcm();

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint EVP_aes_128_ctr();

    [SuppressGCTransition]
    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_CipherInit_ex(nint context, nint cipher, nint engine, byte* key, byte* iv, int encrypt);

    [SuppressGCTransition]
    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_CipherUpdate(nint context, byte* output, int* outputLength, byte* input, int inputLength);

    [SuppressGCTransition]
    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_CipherFinal_ex(nint context, byte* output, int* outputLength);

    [SuppressGCTransition]
    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_CIPHER_CTX_ctrl(nint context, int type, int argument, byte* pointer);

    [LibraryImport(NativeLibraries.Crypto, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint EVP_MAC_fetch(nint libraryContext, string algorithm, string? properties);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial void EVP_MAC_free(nint mac);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nint EVP_MAC_CTX_new(nint mac);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial void EVP_MAC_CTX_free(nint context);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_MAC_init(nint context, byte* key, nuint keyLength, OsslParameter* parameters);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_MAC_update(nint context, byte* data, nuint length);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial int EVP_MAC_final(nint context, byte* output, nuint* outputLength, nuint outputSize);

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial void ERR_clear_error();

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial nuint ERR_peek_last_error();

    [LibraryImport(NativeLibraries.Crypto)]
    internal static partial void ERR_error_string_n(nuint error, byte* buffer, nuint length);
}
