namespace Ttm.Recorder.Recordings;

/// <summary>Text from outside that goes into books and tags.</summary>
internal static class ShortText
{
    private const int MaxLength = 256;

    /// <summary>The beginning, where it is long; no character is cut in half.</summary>
    public static string? Clip(string? text)
    {
        if (text is not { Length: > MaxLength })
            return text;
        return text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
    }
}
