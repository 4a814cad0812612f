using System.Text;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Sdp;

/// <summary>
/// <c>application/trickle-ice-sdpfrag</c> (RFC 8840 section 9): candidates that come after the offer, and with new credentials an ICE restart
/// (RFC 9725 section 4.3).
/// </summary>
public sealed record IceFragment
{
    private const int MaxCandidates = 64;

    /// <summary>Null where the fragment has none.</summary>
    public IceCredentials? Credentials { get; init; }

    /// <summary>Of the first m-line; null where there is none.</summary>
    public string? Mid { get; init; }

    /// <summary>Of all m-lines: they share one transport.</summary>
    public IReadOnlyList<IceCandidate> Candidates { get; init; } = [];

    public bool EndOfCandidates { get; init; }

    public bool IsIceLite { get; init; }

    /// <summary>Candidates of kinds that are not known are left out, as ICE wants it; everything else that is wrong is malformed.</summary>
    public static bool TryParse(string text, out IceFragment? fragment, out SdpError? error)
    {
        fragment = null;
        if (!SdpDocument.TryParseFragment(text, out var document, out error))
            return false;

        SdpSection[] levels = [document!.Session, .. document.Media];
        string? ufrag = First(levels, "ice-ufrag");
        string? password = First(levels, "ice-pwd");
        IceCredentials? credentials = null;
        if ((ufrag is not null || password is not null) && !IceCredentials.TryCreate(ufrag, password, out credentials))
        {
            error = SdpError.Malformed("The fragment's a=ice-ufrag or a=ice-pwd is missing or malformed.");
            return false;
        }

        fragment = new IceFragment
        {
            Credentials = credentials,
            Mid = document.Media.Count > 0 ? document.Media[0].Mid : null,
            Candidates = ReadCandidates(levels),
            EndOfCandidates = First(levels, "end-of-candidates") is not null,
            IsIceLite = document.Session.Has("ice-lite"),
        };
        return true;
    }

    /// <summary>The text that <see cref="TryParse"/> reads, with CRLF.</summary>
    public string Write()
    {
        var text = new StringBuilder(512);
        if (IsIceLite)
            SdpAudioWriter.Line(text, "a=ice-lite");
        SdpAudioWriter.Line(text, "a=ice-options:ice2 trickle");
        if (Mid is not null)
            SdpAudioWriter.Line(text, $"a=group:BUNDLE {Mid}");
        if (Credentials is not null)
        {
            SdpAudioWriter.Line(text, $"a=ice-ufrag:{Credentials.Ufrag}");
            SdpAudioWriter.Line(text, $"a=ice-pwd:{Credentials.Password}");
        }

        SdpAudioWriter.Line(text, "m=audio 9 UDP/TLS/RTP/SAVPF 0");
        if (Mid is not null)
            SdpAudioWriter.Line(text, $"a=mid:{Mid}");
        foreach (var candidate in Candidates)
            SdpAudioWriter.Line(text, $"a={candidate.Write()}");
        if (EndOfCandidates)
            SdpAudioWriter.Line(text, "a=end-of-candidates");
        return text.ToString();
    }

    private static string? First(SdpSection[] levels, string name)
    {
        foreach (var level in levels)
        {
            if (level.Find(name) is { } value)
                return value;
        }

        return null;
    }

    private static List<IceCandidate> ReadCandidates(SdpSection[] levels)
    {
        var candidates = new List<IceCandidate>();
        foreach (string value in levels.SelectMany(level => level.FindAll("candidate")).Take(MaxCandidates))
        {
            if (IceCandidate.TryParse($"candidate:{value}", out var candidate))
                candidates.Add(candidate!);
        }

        return candidates;
    }
}
