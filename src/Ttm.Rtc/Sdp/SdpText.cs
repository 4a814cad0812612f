using System.Buffers;

namespace Ttm.Rtc.Sdp;

internal static class SdpText
{
    private static readonly SearchValues<char> TokenChars = SearchValues.Create(
        "!#$%&'*+-.^_`{|}~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>A token (RFC 8866 section 9) of bearable length: what may be written back into an answer.</summary>
    public static bool IsToken(string text) => text.Length is > 0 and <= 64 && text.AsSpan().IndexOfAnyExcept(TokenChars) < 0;
}
