using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>
/// HMAC-SHA1 with its key set once: OpenSSL keeps the states after both pads, so a packet pays for its own blocks only. One caller at a
/// time, and none after <see cref="SafeHandle.Dispose()"/>.
/// </summary>
internal sealed unsafe class EvpMacContext : SafeHandle
{
    internal const int HashLength = 20;

    private EvpMacContext(nint context)
        : base(0, ownsHandle: true) => SetHandle(context);

    public override bool IsInvalid => handle == 0;

    internal static EvpMacContext CreateHmacSha1(ReadOnlySpan<byte> key)
    {
        nint mac = LibCrypto.EVP_MAC_fetch(0, "HMAC", null);
        if (mac == 0)
            throw OpenSslError.ToException(nameof(LibCrypto.EVP_MAC_fetch));
        var context = new EvpMacContext(LibCrypto.EVP_MAC_CTX_new(mac));
        LibCrypto.EVP_MAC_free(mac);

        OsslParameter* parameters = stackalloc OsslParameter[2];
        fixed (byte* name = "digest\0"u8, digest = "SHA1\0"u8, keyPointer = key)
        {
            parameters[0] = new OsslParameter { Key = name, DataType = OsslParameter.Utf8String, Data = digest, DataSize = 4 };
            parameters[1] = default;
            if (context.IsInvalid || LibCrypto.EVP_MAC_init(context.handle, keyPointer, (nuint)key.Length, parameters) != 1)
                throw OpenSslError.ToException(nameof(LibCrypto.EVP_MAC_init));
        }

        return context;
    }

    /// <summary>The 20 bytes over both parts, one after the other.</summary>
    internal bool TryCompute(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        nuint written;
        fixed (byte* firstPointer = first, secondPointer = second, hashPointer = hash)
        {
            bool done = LibCrypto.EVP_MAC_init(handle, null, 0, null) == 1
                && LibCrypto.EVP_MAC_update(handle, firstPointer, (nuint)first.Length) == 1
                && LibCrypto.EVP_MAC_update(handle, secondPointer, (nuint)second.Length) == 1
                && LibCrypto.EVP_MAC_final(handle, hashPointer, &written, (nuint)hash.Length) == 1;
            GC.KeepAlive(this);
            return done;
        }
    }

    protected override bool ReleaseHandle()
    {
        LibCrypto.EVP_MAC_CTX_free(handle);
        return true;
    }
}
