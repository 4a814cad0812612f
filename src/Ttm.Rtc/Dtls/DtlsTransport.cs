using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Ttm.Rtc.OpenSsl;
using Ttm.Rtc.Srtp;

namespace Ttm.Rtc.Dtls;

/// <summary>
/// A DTLS 1.2 association that agrees on SRTP keys (RFC 6347, RFC 5764), without I/O: datagrams go in by <see cref="Receive"/> and out by
/// <see cref="TryTakeDatagram"/>, which is to be called until it says false after every other call. One caller at a time, on any
/// thread: a handshake costs a millisecond and may run away from the media loop.
/// </summary>
public sealed class DtlsTransport : IDtlsAssociation, ISslOwner
{
    /// <summary>No datagram that comes out is longer.</summary>
    public const int MaxDatagramLength = 1200;

    // More than OpenSSL's record buffer would be read as two datagrams.
    private const int MaxReceivedLength = 16 * 1024;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    private readonly IReadOnlyList<DtlsFingerprint> _remoteFingerprints;
    private readonly DtlsRole _role;
    private readonly SslConnection _ssl;
    private readonly RetransmissionTimer _timer;
    private readonly DatagramQueue _outgoing = new(MaxDatagramLength);
    private byte[] _flight = [];
    private Instant _giveUpAt = Instant.Never;
    private Instant _flightRepeatedAt;
    private bool _isFingerprintWrong;
    private bool _isDisposed;

    /// <param name="certificate">Ours; may be disposed before this.</param>
    /// <param name="remoteFingerprints">Of the peer's SDP: its certificate must have one of them.</param>
    public DtlsTransport(DtlsCertificate certificate, DtlsRole role, IReadOnlyList<DtlsFingerprint> remoteFingerprints)
        : this(certificate, role, remoteFingerprints, DtlsOptions.Default)
    {
    }

    internal DtlsTransport(DtlsCertificate certificate, DtlsRole role, IReadOnlyList<DtlsFingerprint> remoteFingerprints, DtlsOptions options)
    {
        _role = role;
        _remoteFingerprints = remoteFingerprints;
        _timer = new RetransmissionTimer(options.InitialInterval);
        _ssl = new SslConnection(certificate.Context, this, role == DtlsRole.Active, MaxDatagramLength);
        _ssl.OfferSrtp(options.SrtpProfiles);
    }

    public DtlsState State { get; private set; }

    /// <summary>For the log, once <see cref="State"/> is <see cref="DtlsState.Failed"/>.</summary>
    public string? FailureReason { get; private set; }

    /// <summary>When <see cref="Tick"/> has something to do.</summary>
    public Instant NextTick => State == DtlsState.Handshaking ? Instant.Min(_timer.Deadline, _giveUpAt) : Instant.Never;

    /// <summary>To be called when the ICE check has succeeded. The active end's ClientHello is then there to take.</summary>
    public void Start(Instant now)
    {
        if (State != DtlsState.New || _isDisposed)
            return;

        State = DtlsState.Handshaking;
        if (_role == DtlsRole.Active)
        {
            _giveUpAt = now + HandshakeTimeout;
            Advance(now);
        }
    }

    /// <summary>One datagram of RFC 7983's range for DTLS, from the peer's address.</summary>
    public DropReason Receive(ReadOnlySpan<byte> datagram, Instant now)
    {
        if (_isDisposed || State == DtlsState.New)
            return DropReason.NotConnected;
        if (State is DtlsState.Failed or DtlsState.Closed)
            return DropReason.DtlsFailed;
        if (datagram.Length > MaxReceivedLength || !DtlsRecord.AreWellFormed(datagram, out bool hasEncryptedHandshake))
            return DropReason.MalformedDtls;

        if (_giveUpAt == Instant.Never)
            _giveUpAt = now + HandshakeTimeout;
        bool wasConnected = State == DtlsState.Connected;
        bool wrote = false;
        if (State == DtlsState.Handshaking)
            LetOpenSslRetransmit(now);

        // One record at a time: behind a handshake message that it has already seen OpenSSL forgets the rest of a datagram.
        while (State is DtlsState.Handshaking or DtlsState.Connected && DtlsRecord.TryRead(ref datagram, out DtlsRecord record))
        {
            _ssl.Feed(record.Bytes);
            wrote |= Advance(now);
        }

        if (wasConnected && hasEncryptedHandshake && !wrote)
            RepeatLastFlight(now);
        return State == DtlsState.Failed ? DropReason.DtlsFailed : DropReason.None;
    }

    /// <summary>The next datagram to send, at most <see cref="MaxDatagramLength"/> bytes.</summary>
    public bool TryTakeDatagram(Span<byte> buffer, out int length) => _outgoing.TryTake(buffer, out length);

    /// <summary>Retransmits what is due (RFC 6347 section 4.2.4), and gives up after 30 s of handshake.</summary>
    public void Tick(Instant now)
    {
        if (now < NextTick || _isDisposed)
            return;
        if (now >= _giveUpAt)
        {
            Fail("The DTLS handshake took more than 30 s.");
            return;
        }

        // OpenSSL's clock may be behind ours: see docs/dtls.md.
        if (LetOpenSslRetransmit(now))
            return;
        _outgoing.AddRecords(_flight);
        _timer.BackOff(now);
    }

    /// <summary>The keys, once <see cref="State"/> is <see cref="DtlsState.Connected"/>. The caller disposes them.</summary>
    public bool TryExportKeys([NotNullWhen(true)] out SrtpKeys? keys)
    {
        keys = null;
        if (State != DtlsState.Connected || _isDisposed)
            return false;

        var profile = (SrtpProfile)_ssl.SrtpProfile;
        Span<byte> material = stackalloc byte[SrtpKeys.MaterialLength(profile)];
        if (_ssl.TryExport("EXTRACTOR-dtls_srtp"u8, material))
            keys = new SrtpKeys(profile, material, _role == DtlsRole.Active);
        CryptographicOperations.ZeroMemory(material);
        return keys is not null;
    }

    public bool TryCreateSrtp([NotNullWhen(true)] out SrtpContext? inbound, [NotNullWhen(true)] out SrtpContext? outbound)
    {
        (inbound, outbound) = (null, null);
        if (!TryExportKeys(out var keys))
            return false;
        using (keys)
            (inbound, outbound) = (keys.CreateReceiver(), keys.CreateSender());
        return true;
    }

    /// <summary>Ends the association; where it was connected, a close_notify is then there to take.</summary>
    public void Close()
    {
        if (_isDisposed || State is DtlsState.Failed or DtlsState.Closed)
            return;
        if (State == DtlsState.Connected)
        {
            _ssl.Shutdown();
            TakeOutput();
        }

        State = DtlsState.Closed;
    }

    public void Dispose()
    {
        _isDisposed = true;
        _ssl.Dispose();
    }

    bool ISslOwner.AcceptCertificate(ReadOnlySpan<byte> der)
    {
        foreach (DtlsFingerprint fingerprint in _remoteFingerprints)
        {
            if (fingerprint.Matches(der))
                return true;
        }

        _isFingerprintWrong = true;
        return false;
    }

    TimeSpan ISslOwner.NextInterval(bool isNewFlight) => _timer.Next(isNewFlight);

    /// <summary>Lets OpenSSL work on what was fed. True where it has written something.</summary>
    private bool Advance(Instant now)
    {
        if (State == DtlsState.Handshaking)
        {
            switch (_ssl.Handshake())
            {
                case SslResult.Done:
                    FinishHandshake();
                    break;
                case SslResult.WantsData:
                    FollowTimer(now);
                    break;
                default:
                    Fail(_isFingerprintWrong ? "The peer's certificate has another fingerprint than its SDP." : OpenSslError.TakeLastError());
                    break;
            }
        }

        if (State == DtlsState.Connected)
        {
            switch (_ssl.Read())
            {
                case SslResult.Closed:
                    _ssl.Shutdown();
                    State = DtlsState.Closed;
                    break;
                case SslResult.Failed:
                    Fail(OpenSslError.TakeLastError());
                    break;
            }
        }

        return TakeOutput();
    }

    /// <summary>
    /// Where OpenSSL's clock says that its timer is due. It would look by itself when it reads, but then its retransmission and the
    /// answer to what it has read would lie in one datagram, of which a peer that is OpenSSL too reads the first half only.
    /// </summary>
    private bool LetOpenSslRetransmit(Instant now)
    {
        SslResult result = _ssl.HandleTimeout();
        if (result == SslResult.Failed)
            Fail(OpenSslError.TakeLastError());
        FollowTimer(now);
        TakeOutput();
        return result != SslResult.WantsData;
    }

    private void FinishHandshake()
    {
        if ((SrtpProfile)_ssl.SrtpProfile is SrtpProfile.AeadAes128Gcm or SrtpProfile.AesCm128HmacSha1_80)
        {
            State = DtlsState.Connected;
            KeepFlight();
            return;
        }

        _ssl.Shutdown();
        Fail("The peer agreed on no SRTP profile.");
    }

    /// <summary>
    /// RFC 6347 section 4.2.4: the end that sent the last flight repeats it when the peer repeats its own. OpenSSL does so for records
    /// with new sequence numbers; for repeated datagrams, which its replay check drops, it is done here.
    /// </summary>
    private void RepeatLastFlight(Instant now)
    {
        if (_role != DtlsRole.Passive || now < _flightRepeatedAt + _timer.InitialInterval)
            return;
        _flightRepeatedAt = now;
        _outgoing.AddRecords(_flight);
    }

    /// <summary>What a call that started OpenSSL's timer has written is the flight to repeat.</summary>
    private void FollowTimer(Instant now)
    {
        if (_timer.Follow(now))
            KeepFlight();
    }

    private bool TakeOutput()
    {
        ReadOnlySpan<byte> records = _ssl.Output;
        if (records.IsEmpty)
            return false;

        _outgoing.AddRecords(records);
        _ssl.ClearOutput();
        return true;
    }

    private void KeepFlight() => _flight = _ssl.Output.ToArray();

    private void Fail(string? reason)
    {
        State = DtlsState.Failed;
        FailureReason ??= reason ?? "DTLS failed.";
    }
}
