using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>
/// A cipher with its key set once; each packet sets the IV only. One caller at a time, and none after <see cref="SafeHandle.Dispose()"/>:
/// the calls take the raw pointer, without counting references.
/// </summary>
internal sealed unsafe class EvpCipherContext : SafeHandle
{
    private EvpCipherContext(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    internal static EvpCipherContext CreateAes128Gcm(ReadOnlySpan<byte> key) => Create(LibCrypto.EVP_aes_128_gcm(), key);

    internal static EvpCipherContext CreateAes128Counter(ReadOnlySpan<byte> key) => Create(LibCrypto.EVP_aes_128_ctr(), key);

    /// <summary>AES-CTR in place, from the 16 bytes of <paramref name="iv"/> on.</summary>
    internal bool TryApplyKeystream(ReadOnlySpan<byte> iv, Span<byte> data)
    {
        int written;
        fixed (byte* ivPointer = iv, dataPointer = data)
        {
            bool done = LibCrypto.EVP_CipherInit_ex(handle, 0, 0, null, ivPointer, 1) == 1
                && (data.IsEmpty || LibCrypto.EVP_CipherUpdate(handle, dataPointer, &written, dataPointer, data.Length) == 1);
            GC.KeepAlive(this);
            return done;
        }
    }

    /// <summary>AES-GCM in place: encrypts <paramref name="data"/> and writes its 16-byte tag.</summary>
    internal bool TrySeal(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> aad1, ReadOnlySpan<byte> aad2, Span<byte> data, Span<byte> tag)
    {
        int written;
        byte* rest = stackalloc byte[16];
        fixed (byte* tagPointer = tag)
        {
            bool done = TryRun(iv, aad1, aad2, data, encrypt: 1)
                && LibCrypto.EVP_CipherFinal_ex(handle, rest, &written) == 1
                && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.GetTag, tag.Length, tagPointer) == 1;
            GC.KeepAlive(this);
            return done;
        }
    }

    /// <summary>AES-GCM in place; where the tag is wrong, false, and <paramref name="data"/> is spoilt.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> aad1, ReadOnlySpan<byte> aad2, Span<byte> data, ReadOnlySpan<byte> tag)
    {
        int written;
        byte* rest = stackalloc byte[16];
        fixed (byte* tagPointer = tag)
        {
            bool done = TryRun(iv, aad1, aad2, data, encrypt: 0)
                && LibCrypto.EVP_CIPHER_CTX_ctrl(handle, LibCrypto.SetTag, tag.Length, tagPointer) == 1
                && LibCrypto.EVP_CipherFinal_ex(handle, rest, &written) == 1;
            GC.KeepAlive(this);
            return done;
        }
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_CIPHER_CTX_free(handle);
        return true;
    }

    private static EvpCipherContext Create(nint cipher, ReadOnlySpan<byte> key)
    {
        var context = new EvpCipherContext(LibCrypto.EVP_CIPHER_CTX_new());
        fixed (byte* keyPointer = key)
        {
            if (context.IsInvalid || LibCrypto.EVP_CipherInit_ex(context.handle, cipher, 0, keyPointer, null, 1) != 1)
                throw OpenSslError.ToException(nameof(LibCrypto.EVP_CipherInit_ex));
        }

        return context;
    }

    private bool TryRun(ReadOnlySpan<byte> iv, ReadOnlySpan<byte> aad1, ReadOnlySpan<byte> aad2, Span<byte> data, int encrypt)
    {
        int written;
        fixed (byte* ivPointer = iv, aad1Pointer = aad1, aad2Pointer = aad2, dataPointer = data)
        {
            return LibCrypto.EVP_CipherInit_ex(handle, 0, 0, null, ivPointer, encrypt) == 1
                && LibCrypto.EVP_CipherUpdate(handle, null, &written, aad1Pointer, aad1.Length) == 1
                && (aad2.IsEmpty || LibCrypto.EVP_CipherUpdate(handle, null, &written, aad2Pointer, aad2.Length) == 1)
                && (data.IsEmpty || LibCrypto.EVP_CipherUpdate(handle, dataPointer, &written, dataPointer, data.Length) == 1);
        }
    }
}
