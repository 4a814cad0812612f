namespace Ttm.Rtc.Rtcp;

/// <summary>
/// Composes a compound packet into a span: a report first, then the SDES with the CNAME that every compound has (RFC 3550
/// section 6.1), then what else there is. Each method says false, with nothing written, where the packet does not fit.
/// </summary>
public ref struct RtcpWriter
{
    private readonly Span<byte> _destination;

    public RtcpWriter(Span<byte> destination)
    {
        _destination = destination;
        Length = 0;
    }

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    private readonly Span<byte> Rest => _destination[Length..];

    public bool TryAddSenderReport(uint ssrc, scoped in SenderInfo info, scoped ReadOnlySpan<ReportBlock> reports) =>
        Add(SenderReport.Write(Rest, ssrc, in info, reports));

    public bool TryAddReceiverReport(uint ssrc, scoped ReadOnlySpan<ReportBlock> reports) => Add(ReceiverReport.Write(Rest, ssrc, reports));

    public bool TryAddCname(uint ssrc, scoped ReadOnlySpan<byte> cname) => Add(SourceDescription.Write(Rest, ssrc, cname));

    private bool Add(int length)
    {
        Length += length;
        return length > 0;
    }
}
