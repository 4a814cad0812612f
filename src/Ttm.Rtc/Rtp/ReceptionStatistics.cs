using Ttm.Rtc.Rtcp;

namespace Ttm.Rtc.Rtp;

/// <summary>
/// What a receiver knows about one source, for its report blocks: RFC 3550 appendices A.1 (sequence numbers), A.3 (loss) and A.8
/// (jitter). Another SSRC starts the count again. There is no probation: the packets are authenticated already, so that the first one is
/// as good as the second. A mutable value: keep it in a field, pass it by reference.
/// </summary>
public struct ReceptionStatistics
{
    // RFC 3550 appendix A.1.
    private const int MaxDropout = 3_000;
    private const int MaxMisorder = 100;
    private const int NoSequence = -1;

    private uint _base;
    private uint _highest;
    private int _suspect;
    private uint _received;
    private uint _expectedPrior;
    private uint _receivedPrior;
    private uint _transit;
    private ulong _jitter16;
    private uint _lastSenderReport;
    private Instant _lastSenderReportAt;

    /// <summary>False until the first packet.</summary>
    public bool HasSource { get; private set; }

    public uint Ssrc { get; private set; }

    /// <summary>Packets of this source so far, late and double ones too.</summary>
    public readonly uint Received => _received;

    /// <summary>Packets that should have come, by the sequence numbers.</summary>
    public readonly uint Expected => HasSource ? _highest - _base + 1 : 0;

    /// <summary>RFC 3550 appendix A.3; negative where more came than should have.</summary>
    public readonly int Lost => (int)(Expected - _received);

    /// <summary>Wraps and highest sequence number, as <see cref="ReportBlock.HighestSequence"/>.</summary>
    public readonly uint HighestSequence => _highest;

    /// <summary>Interarrival jitter in samples of 48 kHz (RFC 3550 appendix A.8).</summary>
    public readonly uint Jitter => (uint)Math.Min(_jitter16 >> 4, uint.MaxValue);

    public void Receive(in RtpPacket packet, Instant now)
    {
        if (!HasSource || packet.Ssrc != Ssrc)
        {
            Start(packet.Ssrc, packet.SequenceNumber);
        }
        else if (!Advance(packet.SequenceNumber))
        {
            return;
        }

        uint arrival = (uint)RtpClock.ToSamples(new TimeSpan(now.Ticks));
        uint transit = arrival - packet.Timestamp;
        if (_received > 0)
        {
            // A.8 with 4 bits of fraction: J += |D| / 16 − J / 16.
            ulong difference = (ulong)Math.Abs((long)(int)(transit - _transit));
            _jitter16 = _jitter16 + difference - ((_jitter16 + 8) >> 4);
        }

        _transit = transit;
        _received++;
    }

    /// <summary>Notes an SR, for LSR and DLSR. One of another source is not for this count.</summary>
    public void ReceiveSenderReport(uint ssrc, NtpTime ntp, Instant now)
    {
        if (!HasSource || ssrc != Ssrc)
            return;

        _lastSenderReport = ntp.Middle;
        _lastSenderReportAt = now;
    }

    /// <summary>The next report block; false where no packet has come. The fraction lost counts from the last call.</summary>
    public bool TryTakeReport(Instant now, out ReportBlock block)
    {
        block = default;
        if (!HasSource)
            return false;

        uint expectedInterval = Expected - _expectedPrior;
        int lostInterval = (int)(expectedInterval - (_received - _receivedPrior));
        _expectedPrior = Expected;
        _receivedPrior = _received;

        // A.3: a negative loss is none.
        long fraction = expectedInterval == 0 || lostInterval <= 0 ? 0 : ((long)lostInterval << 8) / expectedInterval;
        uint delay = _lastSenderReport == 0
            ? 0
            : (uint)Math.Min((now - _lastSenderReportAt).Ticks * 0x1_0000 / TimeSpan.TicksPerSecond, uint.MaxValue);
        int cumulative = Math.Clamp(Lost, ReportBlock.MinCumulativeLost, ReportBlock.MaxCumulativeLost);
        block = new ReportBlock(Ssrc, (byte)Math.Min(fraction, 255), cumulative, _highest, Jitter, _lastSenderReport, delay);
        return true;
    }

    private void Start(uint ssrc, ushort sequenceNumber)
    {
        this = default;
        HasSource = true;
        Ssrc = ssrc;
        _base = sequenceNumber;
        _highest = sequenceNumber;
        _suspect = NoSequence;
    }

    private bool Advance(ushort sequenceNumber)
    {
        int ahead = SerialNumber.Distance((ushort)_highest, sequenceNumber);
        if (ahead is > -MaxMisorder and < MaxDropout)
        {
            _suspect = NoSequence;
            if (ahead > 0)
                _highest += (uint)ahead;
            return true;
        }

        // A.1: one packet far off is not counted; two in a row mean that the source has restarted.
        if (sequenceNumber != _suspect)
        {
            _suspect = (ushort)(sequenceNumber + 1);
            return false;
        }

        Start(Ssrc, sequenceNumber);
        return true;
    }
}
