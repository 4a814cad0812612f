namespace Ttm.Sfu.Media.Flight;

/// <summary>
/// One record of one to three words; the first is always
/// <code>
/// | kind (4) |    info (12)    |  100 µs since the one before (16) |
/// </code>
/// </summary>
internal readonly record struct FlightRecord(uint First, uint Second, uint Third)
{
    public FlightKind Kind => (FlightKind)(First >> 28);

    public int Info => (int)(First >> 16) & 0xFFF;

    public int Length => Kind switch
    {
        FlightKind.RtpIn or FlightKind.RtpOut or FlightKind.RtcpIn or FlightKind.RtcpOut => 3,
        FlightKind.Time or FlightKind.Stun or FlightKind.Dtls or FlightKind.Drop or FlightKind.Source => 2,
        _ => 1,
    };

    /// <summary>Reads three words, of which the last ones may belong to others.</summary>
    public static FlightRecord At(ReadOnlySpan<uint> ring, int index)
    {
        int second = index + 1 == ring.Length ? 0 : index + 1;
        int third = second + 1 == ring.Length ? 0 : second + 1;
        return new(ring[index], ring[second], ring[third]);
    }

    /// <summary>Carries the state over this record; returns its length.</summary>
    public int Apply(ref FlightState state)
    {
        state.Time += Kind == FlightKind.Time ? Second : First & 0xFFFF;
        switch (Kind)
        {
            case FlightKind.RtpIn:
                state.In.Apply((ushort)(Third >> 16), Second, (byte)Info);
                break;
            case FlightKind.RtpInNext:
                state.In.Apply(state.In.NextSequenceNumber, state.In.NextTimestamp, state.In.PayloadType);
                break;
            case FlightKind.RtpOut:
                state.Out.Apply((ushort)(Third >> 16), Second, (byte)Info);
                break;
            case FlightKind.RtpOutNext:
                state.Out.Apply(state.Out.NextSequenceNumber, state.Out.NextTimestamp, state.Out.PayloadType);
                break;
        }

        return Length;
    }
}
