using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>An SSL_CTX. Connections made from it keep it alive by OpenSSL's own count.</summary>
internal sealed class SslContextHandle : SafeHandle
{
    internal SslContextHandle()
        : base(0, ownsHandle: true)
    {
        SetHandle(LibSsl.SSL_CTX_new(LibSsl.DTLS_method()));
        if (IsInvalid)
            throw OpenSslError.ToException(nameof(LibSsl.SSL_CTX_new));
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        LibSsl.SSL_CTX_free(handle);
        return true;
    }
}
