namespace Ttm.Rtc.Rtp;

/// <summary>
/// What the table-of-contents byte of an Opus packet tells without decoding (RFC 6716 section 3.1).
/// <code>
/// | config  |s| c |     config: mode, bandwidth and frame size; s: stereo; c: how many frames
/// </code>
/// </summary>
public static class OpusPayload
{
    /// <summary>Opus in RTP always counts at 48 kHz (RFC 7587 section 4.1).</summary>
    public const int ClockRate = 48_000;

    /// <summary>The longest packet: 120 ms (RFC 6716 section 3.2.5, R5).</summary>
    public const int MaxSamples = 5_760;

    /// <summary>20 ms, the usual packet.</summary>
    public const int UsualSamples = 960;

    /// <summary>20 ms of digital silence: one CELT fullband mono frame that every decoder turns into zeros.</summary>
    public static ReadOnlySpan<byte> Silence => [0xF8, 0xFF, 0xFE];

    /// <summary>
    /// How much sound the packet holds, in samples of 48 kHz; false for an empty packet, a code 3 packet without its count, and
    /// more than 120 ms.
    /// </summary>
    public static bool TryGetDuration(ReadOnlySpan<byte> payload, out int samples48k)
    {
        samples48k = 0;
        if (payload.IsEmpty)
            return false;

        int frames = (payload[0] & 0x03) switch
        {
            0 => 1,
            3 => payload.Length > 1 ? payload[1] & 0x3F : 0,
            _ => 2,
        };
        int samples = frames * GetFrameSamples(payload[0] >> 3);
        if (samples is 0 or > MaxSamples)
            return false;

        samples48k = samples;
        return true;
    }

    /// <summary>
    /// True for a packet in which the encoder says "nothing more until I speak again": a TOC and at most one byte. libopus writes no
    /// other packet this short, and a decoder fills it with comfort noise.
    /// </summary>
    public static bool IsDtx(ReadOnlySpan<byte> payload) => payload.Length is 1 or 2;

    private static int GetFrameSamples(int config) => config switch
    {
        // SILK: 10, 20, 40, 60 ms.
        < 12 => (config & 3) == 3 ? 2_880 : 480 << (config & 3),

        // Hybrid: 10, 20 ms.
        < 16 => 480 << (config & 1),

        // CELT: 2.5, 5, 10, 20 ms.
        _ => 120 << (config & 3),
    };
}
