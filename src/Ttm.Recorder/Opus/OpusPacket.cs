namespace Ttm.Recorder.Opus;

/// <summary>
/// What the first bytes of an Opus packet say (RFC 6716 section 3.1).
/// <code>
///  0 1 2 3 4 5 6 7
/// +-+-+-+-+-+-+-+-+
/// | config  |s| c |
/// +-+-+-+-+-+-+-+-+
/// </code>
/// </summary>
/// <param name="Duration">Of the whole packet, in samples of 48 kHz: 120 to 5760.</param>
/// <param name="FrameDuration">Of one of its frames, in samples of 48 kHz.</param>
/// <param name="HasFec">It carries a copy of the packet before it (LBRR frames, RFC 6716 section 4.2.5).</param>
internal readonly record struct OpusPacket(int Duration, int FrameDuration, bool HasFec)
{
    private const int MaxDuration = 5760;

    public static bool TryParse(ReadOnlySpan<byte> payload, out OpusPacket packet)
    {
        packet = default;
        if (payload.IsEmpty)
            return false;

        int config = payload[0] >> 3;
        bool stereo = (payload[0] & 4) != 0;
        int frame = FrameSamples(config);
        if (!TryReadFraming(payload, out int frames, out int firstFrame))
            return false;

        int duration = frames * frame;
        if (frames == 0 || duration > MaxDuration)
            return false;

        packet = new OpusPacket(duration, frame, firstFrame < payload.Length && HasLowBitRateRedundancy(config, stereo, frame, payload[firstFrame]));
        return true;
    }

    // RFC 6716 table 2.
    private static int FrameSamples(int config) => config switch
    {
        < 12 => (config & 3) switch { 0 => 480, 1 => 960, 2 => 1920, _ => 2880 },
        < 16 => (config & 1) == 0 ? 480 : 960,
        _ => 120 << (config & 3),
    };

    /// <summary>RFC 6716 section 3.2: how many frames, and where the first one's data begins.</summary>
    private static bool TryReadFraming(ReadOnlySpan<byte> payload, out int frames, out int firstFrame)
    {
        frames = 1;
        firstFrame = 1;
        switch (payload[0] & 3)
        {
            case 0:
                return true;
            case 1:
                frames = 2;
                return (payload.Length & 1) == 1;
            case 2:
                frames = 2;
                return TrySkipLength(payload, ref firstFrame);
            default:
                return TryReadManyFrames(payload, out frames, out firstFrame);
        }
    }

    private static bool TryReadManyFrames(ReadOnlySpan<byte> payload, out int frames, out int firstFrame)
    {
        frames = 0;
        firstFrame = 2;
        if (payload.Length < 2)
            return false;

        frames = payload[1] & 0x3F;
        bool padded = (payload[1] & 0x40) != 0;
        bool variable = (payload[1] & 0x80) != 0;
        while (padded)
        {
            if (firstFrame >= payload.Length)
                return false;
            padded = payload[firstFrame++] == 255;
        }

        for (int i = 0; variable && i < frames - 1; i++)
        {
            if (!TrySkipLength(payload, ref firstFrame))
                return false;
        }

        return true;
    }

    private static bool TrySkipLength(ReadOnlySpan<byte> payload, ref int offset)
    {
        if (offset >= payload.Length)
            return false;
        offset += payload[offset] >= 252 ? 2 : 1;
        return offset <= payload.Length;
    }

    /// <summary>The LBRR flags follow the VAD flags at the head of the first SILK frame; each is one raw bit (RFC 6716 section 4.2.3).</summary>
    private static bool HasLowBitRateRedundancy(int config, bool stereo, int frame, byte head)
    {
        if (config >= 16)
            return false;
        int silkFrames = Math.Max(1, frame / 960);
        bool mid = ((head >> (7 - silkFrames)) & 1) != 0;
        return mid || (stereo && ((head >> (6 - (2 * silkFrames))) & 1) != 0);
    }
}
