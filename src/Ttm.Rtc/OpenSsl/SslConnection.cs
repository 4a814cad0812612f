using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ttm.Rtc.OpenSsl;

/// <summary>What became of a call.</summary>
internal enum SslResult
{
    Done,

    /// <summary>More datagrams are needed.</summary>
    WantsData,

    /// <summary>The peer has said close_notify.</summary>
    Closed,

    /// <summary>A fatal error: the connection is dead, and an alert may lie in the output.</summary>
    Failed,
}

/// <summary>
/// An SSL of DTLS between two memory BIOs: datagrams go in one by one, records come out. One caller at a time, on any thread.
/// </summary>
internal sealed unsafe class SslConnection : SafeHandle
{
    private const int OwnerIndex = 0;

    private readonly nint _input;
    private readonly nint _output;
    private GCHandle _owner;

    /// <param name="mtu">The most bytes of one flight's records that OpenSSL packs together, and the longest record.</param>
    internal SslConnection(SslContextHandle context, ISslOwner owner, bool isClient, int mtu)
        : base(0, ownsHandle: true)
    {
        // Weak: whoever forgets Dispose leaves this to the finalizer.
        _owner = GCHandle.Alloc(owner, GCHandleType.Weak);
        _input = LibSsl.BIO_new(LibSsl.BIO_s_mem());
        _output = LibSsl.BIO_new(LibSsl.BIO_s_mem());
        SetHandle(LibSsl.SSL_new(context.DangerousGetHandle()));
        GC.KeepAlive(context);
        if (handle == 0 || _input == 0 || _output == 0)
        {
            _ = LibSsl.BIO_free(_input);
            _ = LibSsl.BIO_free(_output);
            throw OpenSslError.ToException(nameof(LibSsl.SSL_new));
        }

        LibSsl.SSL_set_bio(handle, _input, _output);
        _ = LibSsl.SSL_set_ex_data(handle, OwnerIndex, GCHandle.ToIntPtr(_owner));
        _ = LibSsl.SSL_ctrl(handle, LibSsl.CtrlSetMtu, new CLong(mtu), null);
        LibSsl.DTLS_set_timer_cb(handle, &OnTimer);
        if (isClient)
            LibSsl.SSL_set_connect_state(handle);
        else
            LibSsl.SSL_set_accept_state(handle);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>The records written since <see cref="ClearOutput"/>, valid until the next call.</summary>
    internal ReadOnlySpan<byte> Output
    {
        get
        {
            byte* data;
            nint length = LibSsl.BIO_ctrl(_output, LibSsl.BioCtrlInfo, default, &data).Value;
            return new ReadOnlySpan<byte>(data, (int)length);
        }
    }

    /// <summary>The number in use_srtp; 0 where none was agreed.</summary>
    internal int SrtpProfile
    {
        get
        {
            LibSsl.SrtpProtectionProfile* profile = LibSsl.SSL_get_selected_srtp_profile(handle);
            return profile == null ? 0 : (int)profile->Id.Value;
        }
    }

    /// <summary>Lets the connections of a context ask their owners about the peer's certificate.</summary>
    internal static void UseOwners(SslContextHandle context) =>
        LibSsl.SSL_CTX_set_cert_verify_callback(context.DangerousGetHandle(), &OnVerify, 0);

    internal void OfferSrtp(string profiles)
    {
        if (LibSsl.SSL_set_tlsext_use_srtp(handle, profiles) != 0)
            throw OpenSslError.ToException(nameof(LibSsl.SSL_set_tlsext_use_srtp));
    }

    internal void ClearOutput() => _ = LibSsl.BIO_ctrl(_output, LibSsl.BioCtrlReset, default, null);

    /// <summary>Lays one datagram ready for the next call; what that call leaves of it is thrown away by the next Feed.</summary>
    internal void Feed(ReadOnlySpan<byte> datagram)
    {
        _ = LibSsl.BIO_ctrl(_input, LibSsl.BioCtrlReset, default, null);
        fixed (byte* data = datagram)
            _ = LibSsl.BIO_write(_input, data, datagram.Length);
    }

    internal SslResult Handshake()
    {
        LibCrypto.ERR_clear_error();
        int result = LibSsl.SSL_do_handshake(handle);
        return result == 1 ? SslResult.Done : Judge(result);
    }

    /// <summary>Reads on, for alerts and retransmissions; application data is thrown away.</summary>
    internal SslResult Read()
    {
        byte* buffer = stackalloc byte[512];
        while (true)
        {
            LibCrypto.ERR_clear_error();
            int result = LibSsl.SSL_read(handle, buffer, 512);
            if (result <= 0)
                return Judge(result);
        }
    }

    /// <summary>Sends the flight again where OpenSSL's own clock says that its timer is due; WantsData where it is not.</summary>
    internal SslResult HandleTimeout()
    {
        LibCrypto.ERR_clear_error();
        return LibSsl.SSL_ctrl(handle, LibSsl.CtrlHandleTimeout, default, null).Value switch
        {
            > 0 => SslResult.Done,
            0 => SslResult.WantsData,
            _ => SslResult.Failed,
        };
    }

    /// <summary>Writes close_notify.</summary>
    internal void Shutdown()
    {
        LibCrypto.ERR_clear_error();
        _ = LibSsl.SSL_shutdown(handle);
    }

    /// <summary>RFC 5705, without a context value.</summary>
    internal bool TryExport(ReadOnlySpan<byte> label, Span<byte> material)
    {
        fixed (byte* labelPointer = label, materialPointer = material)
        {
            return LibSsl.SSL_export_keying_material(
                handle, materialPointer, (nuint)material.Length, labelPointer, (nuint)label.Length, null, 0, 0) == 1;
        }
    }

    protected override bool ReleaseHandle()
    {
        // Frees the BIOs too.
        LibSsl.SSL_free(handle);
        _owner.Free();
        return true;
    }

    private SslResult Judge(int result) => LibSsl.SSL_get_error(handle, result) switch
    {
        LibSsl.ErrorWantRead => SslResult.WantsData,
        LibSsl.ErrorZeroReturn => SslResult.Closed,
        _ => SslResult.Failed,
    };

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static uint OnTimer(nint ssl, uint lastInterval) =>
        FindOwner(ssl) is { } owner ? (uint)owner.NextInterval(isNewFlight: lastInterval == 0).TotalMicroseconds : 1_000_000;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnVerify(nint store, nint argument)
    {
        nint ssl = LibSsl.X509_STORE_CTX_get_ex_data(store, LibSsl.SSL_get_ex_data_X509_STORE_CTX_idx());
        nint certificate = LibSsl.X509_STORE_CTX_get0_cert(store);
        if (FindOwner(ssl) is { } owner && certificate != 0)
        {
            int length = LibSsl.i2d_X509(certificate, null);
            if (length > 0)
            {
                byte[] der = new byte[length];
                fixed (byte* start = der)
                {
                    byte* pointer = start;
                    _ = LibSsl.i2d_X509(certificate, &pointer);
                }

                if (owner.AcceptCertificate(der))
                    return 1;
            }
        }

        // Becomes the alert bad_certificate.
        LibSsl.X509_STORE_CTX_set_error(store, LibSsl.CertificateRejected);
        return 0;
    }

    private static ISslOwner? FindOwner(nint ssl)
    {
        nint data = ssl == 0 ? 0 : LibSsl.SSL_get_ex_data(ssl, OwnerIndex);
        return data == 0 ? null : GCHandle.FromIntPtr(data).Target as ISslOwner;
    }
}
