namespace Ttm.Rtc.Sdp;

/// <summary>
/// SDP split into its lines and levels, without judgement about what it describes (RFC 8866 section 5). Both line ends are taken, unknown
/// lines and attributes are kept out of the way, and everything is bounded. Never throws.
/// </summary>
internal sealed class SdpDocument
{
    public const int MaxLength = 64 * 1024;
    private const int MaxLines = 4096;
    private const int MaxLineLength = 4096;
    private const int MaxMedia = 32;

    private SdpDocument()
    {
    }

    public SdpSection Session { get; } = new();

    public List<SdpMedia> Media { get; } = [];

    /// <summary>A whole description: begins with <c>v=0</c> and has an <c>o=</c> line.</summary>
    public static bool TryParse(string text, out SdpDocument? document, out SdpError? error) => TryParse(text, whole: true, out document, out error);

    /// <summary>A fragment: attributes and m-lines alone (RFC 8840 section 9).</summary>
    public static bool TryParseFragment(string text, out SdpDocument? document, out SdpError? error) =>
        TryParse(text, whole: false, out document, out error);

    /// <summary>The mids of the BUNDLE group that holds this m-section, in order; empty where there is none (RFC 9143).</summary>
    public string[] BundleOf(SdpMedia media)
    {
        foreach (string group in Session.FindAll("group"))
        {
            string[] fields = group.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 1 && fields[0] == "BUNDLE" && media.Mid is { } mid && fields.AsSpan(1).Contains(mid))
                return fields[1..];
        }

        return [];
    }

    private static bool TryParse(string text, bool whole, out SdpDocument? document, out SdpError? error)
    {
        document = null;
        error = text.Length > MaxLength ? SdpError.Malformed("The SDP is larger than 64 KiB.") : null;
        var parsed = new SdpDocument();
        int number = 0;
        bool hasOrigin = false;
        foreach (var raw in text.AsSpan(0, Math.Min(text.Length, MaxLength)).EnumerateLines())
        {
            if (raw.IsEmpty)
                continue;
            number++;
            hasOrigin |= raw.StartsWith("o=", StringComparison.Ordinal);
            error ??= number > MaxLines ? SdpError.Malformed($"The SDP has more than {MaxLines} lines.") : null;
            error ??= whole && number == 1 && !raw.SequenceEqual("v=0") ? SdpError.Malformed("The SDP does not begin with v=0.") : null;
            error ??= parsed.Add(raw, number);
            if (error is not null)
                return false;
        }

        error ??= number == 0 ? SdpError.Malformed("The SDP is empty.") : null;
        error ??= whole && !hasOrigin ? SdpError.Malformed("The SDP has no o= line.") : null;
        document = error is null ? parsed : null;
        return error is null;
    }

    private SdpError? Add(ReadOnlySpan<char> line, int number)
    {
        if (line.Length > MaxLineLength)
            return SdpError.Malformed($"Line {number} of the SDP is longer than {MaxLineLength} characters.");
        if (line.Length < 2 || line[1] != '=' || !char.IsAsciiLetterLower(line[0]) || line.IndexOfAnyInRange('\0', '\u0008') >= 0)
            return SdpError.Malformed($"Line {number} of the SDP is not of the form <letter>=<value>.");

        string value = line[2..].TrimEnd().ToString();
        switch (line[0])
        {
            case 'm':
                if (SdpMedia.Parse(value) is not { } media)
                    return SdpError.Malformed($"Line {number} of the SDP is not a good m= line.");
                if (Media.Count == MaxMedia)
                    return SdpError.Malformed($"The SDP has more than {MaxMedia} m= lines.");
                Media.Add(media);
                break;
            case 'a':
                int colon = value.IndexOf(':', StringComparison.Ordinal);
                SdpSection section = Media.Count > 0 ? Media[^1] : Session;
                section.Add(colon < 0 ? value : value[..colon], colon < 0 ? "" : value[(colon + 1)..].Trim());
                break;
            default:
                break;
        }

        return null;
    }
}
