using System.Globalization;
using Ttm.Rtc.Dtls;
using Ttm.Rtc.Ice;

namespace Ttm.Rtc.Sdp;

/// <summary>Reads an audio m-section with what it inherits: from the tagged section of its bundle (RFC 9143 section 7.1.3) and the session.</summary>
internal sealed class SdpAudioReader
{
    public const string MidUri = "urn:ietf:params:rtp-hdrext:sdes:mid";
    public const string AudioLevelUri = "urn:ietf:params:rtp-hdrext:ssrc-audio-level";
    private const int MaxCandidates = 64;

    private readonly SdpMedia _media;
    private readonly SdpSection[] _levels;
    private readonly SdpDocument _document;
    private readonly string[] _bundle;

    private SdpAudioReader(SdpDocument document, SdpMedia media)
    {
        _document = document;
        _media = media;
        _bundle = document.BundleOf(media);
        var tagged = _bundle.Length == 0 ? null : document.Media.Find(other => other.Mid == _bundle[0]);
        _levels = tagged is null || tagged == media ? [media, document.Session] : [media, tagged, document.Session];
    }

    public static bool TryRead(SdpDocument document, SdpMedia media, out SdpAudio? audio, out SdpError? error)
    {
        audio = null;
        error = new SdpAudioReader(document, media).Read(ref audio);
        return audio is not null;
    }

    private SdpError? Read(ref SdpAudio? audio)
    {
        if (_media.Has("mid") && _media.Mid is null)
            return SdpError.Malformed("The a=mid of the audio m-line is not a token.");
        if (!_media.Protocol.EndsWith("RTP/SAVPF", StringComparison.Ordinal) && !_media.Protocol.EndsWith("RTP/SAVP", StringComparison.Ordinal))
            return SdpError.Unacceptable("The audio m-line's protocol is not UDP/TLS/RTP/SAVPF: only SRTP keyed by DTLS is served.");
        if (FindOpus() is not { } opus)
            return SdpError.Unacceptable("The audio m-line does not offer Opus (a=rtpmap:<payload type> opus/48000/2).");
        if (!_media.Has("rtcp-mux"))
            return SdpError.Unacceptable("The audio m-line has no a=rtcp-mux: RTP and RTCP share one port here.");
        if (Inherited("ice-ufrag") is not { } ufrag || Inherited("ice-pwd") is not { } password)
            return SdpError.Unacceptable("The audio m-line has no a=ice-ufrag and a=ice-pwd: media is reached by ICE alone.");
        if (!IceCredentials.TryCreate(ufrag, password, out var ice))
            return SdpError.Malformed("a=ice-ufrag or a=ice-pwd is too short, too long, or has characters that are not ice-chars.");
        if (Inherited("fingerprint") is null)
            return SdpError.Unacceptable("The audio m-line has no a=fingerprint: media is encrypted by DTLS-SRTP alone.");
        var fingerprints = Fingerprints();
        if (fingerprints.Count == 0)
            return SdpError.Unacceptable("No a=fingerprint is a good sha-256, sha-384 or sha-512 one.");
        if (Setup() is not { } setup)
            return SdpError.Unacceptable("a=setup is none of actpass, active and passive.");

        var candidates = Candidates();
        var source = Source();
        string parameters = Parameters(opus);
        audio = new SdpAudio
        {
            Mid = _media.Mid ?? "",
            Direction = _media.Direction() ?? _document.Session.Direction() ?? SdpDirection.SendRecv,
            OpusPayloadType = opus,
            UsesInbandFec = HasParameter(parameters, "useinbandfec=1"),
            UsesDtx = HasParameter(parameters, "usedtx=1"),
            MidExtensionId = ExtensionId(MidUri),
            AudioLevelExtensionId = ExtensionId(AudioLevelUri),
            Ice = ice!,
            IsIceLite = _document.Session.Has("ice-lite"),
            Candidates = candidates,
            EndOfCandidates = Inherited("end-of-candidates") is not null,
            Fingerprints = fingerprints,
            Setup = setup,
            Ssrc = source.Ssrc,
            Cname = source.Cname,
            ReducedSizeRtcp = _media.Has("rtcp-rsize"),
            Protocol = _media.Protocol,
            IsBundled = _bundle.Length > 0,
        };
        return null;
    }

    private string? Inherited(string name)
    {
        foreach (var level in _levels)
        {
            if (level.Find(name) is { } value)
                return value;
        }

        return null;
    }

    /// <summary>The first payload type, in the m-line's order, that is mapped to Opus (RFC 7587 section 7).</summary>
    private byte? FindOpus()
    {
        foreach (string format in _media.Formats)
        {
            if (!byte.TryParse(format, NumberStyles.None, CultureInfo.InvariantCulture, out byte payloadType) || payloadType > 127)
                continue;
            foreach (string map in _media.FindAll("rtpmap"))
            {
                if (map.Equals($"{payloadType} opus/48000/2", StringComparison.OrdinalIgnoreCase))
                    return payloadType;
            }
        }

        return null;
    }

    private string Parameters(byte payloadType)
    {
        string prefix = $"{payloadType} ";
        return _media.FindAll("fmtp").FirstOrDefault(value => value.StartsWith(prefix, StringComparison.Ordinal))?[prefix.Length..] ?? "";
    }

    private static bool HasParameter(string parameters, string wanted) =>
        parameters.Split(';', StringSplitOptions.TrimEntries).Contains(wanted, StringComparer.OrdinalIgnoreCase);


    private byte? ExtensionId(string uri)
    {
        foreach (string map in _media.FindAll("extmap").Concat(_document.Session.FindAll("extmap")))
        {
            // <id>["/"<direction>] <URI> [attributes] (RFC 8285 section 5); 15 and above need two-byte headers.
            string[] fields = map.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 1 && fields[1] == uri
                && byte.TryParse(fields[0].Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte id) && id is >= 1 and <= 14)
            {
                return id;
            }
        }

        return null;
    }

    private List<DtlsFingerprint> Fingerprints()
    {
        var level = _levels.First(section => section.Has("fingerprint"));
        var fingerprints = new List<DtlsFingerprint>();
        foreach (string value in level.FindAll("fingerprint"))
        {
            if (DtlsFingerprint.TryParse(value, out var fingerprint) && fingerprint.IsUsable)
                fingerprints.Add(fingerprint);
        }

        return fingerprints;
    }

    /// <summary>An offer without it is an active one (RFC 4145 section 4.1).</summary>
    private SdpSetup? Setup() => Inherited("setup") switch
    {
        "actpass" => SdpSetup.ActPass,
        "active" or null => SdpSetup.Active,
        "passive" => SdpSetup.Passive,
        _ => null,
    };

    private List<IceCandidate> Candidates()
    {
        var candidates = new List<IceCandidate>();
        foreach (var level in _levels)
        {
            foreach (string value in level.FindAll("candidate").Take(MaxCandidates))
            {
                if (IceCandidate.TryParse($"candidate:{value}", out var candidate) && !candidates.Contains(candidate!))
                    candidates.Add(candidate!);
            }
        }

        return candidates;
    }

    private (uint? Ssrc, string? Cname) Source()
    {
        foreach (string value in _media.FindAll("ssrc"))
        {
            // <ssrc> cname:<value> (RFC 5576 section 6.1)
            string[] fields = value.Split(' ', 2);
            if (!uint.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out uint ssrc))
                continue;
            bool named = fields.Length > 1 && fields[1].StartsWith("cname:", StringComparison.Ordinal);
            return (ssrc, named ? fields[1]["cname:".Length..] : null);
        }

        return (null, null);
    }
}
