using System.Buffers.Text;
using System.Globalization;
using Ttm.Rtc;

namespace Ttm.Recorder.Recordings;

/// <summary>Ids that sort by time, fit into URLs and cannot be guessed: <c>rec_</c>, twelve hexadecimal digits of milliseconds, 72 random bits.</summary>
internal static class RecordingId
{
    public static string Create(DateTimeOffset time, IRandomness randomness)
    {
        Span<byte> secret = stackalloc byte[9];
        randomness.Fill(secret);
        return $"rec_{time.ToUnixTimeMilliseconds().ToString("x12", CultureInfo.InvariantCulture)}{Base64Url.EncodeToString(secret)}";
    }
}
