namespace Ttm.Sfu.Media.Flight;

/// <summary>
/// What one must know to read the next record: records tell differences. The writer and the reader apply the same records to it, so that they
/// agree. A mutable value.
/// </summary>
internal struct FlightState
{
    private const uint UsualStep = 960;

    /// <summary>In units of <see cref="FlightRing.Unit"/> since the session's start.</summary>
    public long Time;

    public StreamState In;

    public StreamState Out;

    /// <summary>One direction's RTP.</summary>
    internal struct StreamState
    {
        private bool _hasStep;
        private uint _step;

        public bool HasPacket { get; private set; }

        public ushort SequenceNumber { get; private set; }

        public uint Timestamp { get; private set; }

        public byte PayloadType { get; private set; }

        public readonly ushort NextSequenceNumber => (ushort)(SequenceNumber + 1);

        public readonly uint NextTimestamp => Timestamp + (_hasStep ? _step : UsualStep);

        public void Apply(ushort sequenceNumber, uint timestamp, byte payloadType)
        {
            if (HasPacket && sequenceNumber == NextSequenceNumber)
            {
                _step = timestamp - Timestamp;
                _hasStep = true;
            }

            HasPacket = true;
            SequenceNumber = sequenceNumber;
            Timestamp = timestamp;
            PayloadType = payloadType;
        }
    }
}
