using System.Globalization;

namespace Ttm.Rtc.Sdp;

/// <summary>The attributes of one level: of the session, or of one m-section.</summary>
internal class SdpSection
{
    private readonly List<(string Name, string Value)> _attributes = [];

    public void Add(string name, string value) => _attributes.Add((name, value));

    public bool Has(string name) => Find(name) is not null;

    /// <summary>The value of the first attribute of that name; "" for a flag, null for none.</summary>
    public string? Find(string name)
    {
        foreach (var attribute in _attributes)
        {
            if (attribute.Name == name)
                return attribute.Value;
        }

        return null;
    }

    public IEnumerable<string> FindAll(string name)
    {
        foreach (var attribute in _attributes)
        {
            if (attribute.Name == name)
                yield return attribute.Value;
        }
    }

    /// <summary>Null where none is written at this level.</summary>
    public SdpDirection? Direction()
    {
        foreach (var attribute in _attributes)
        {
            switch (attribute.Name)
            {
                case "sendrecv":
                    return SdpDirection.SendRecv;
                case "sendonly":
                    return SdpDirection.SendOnly;
                case "recvonly":
                    return SdpDirection.RecvOnly;
                case "inactive":
                    return SdpDirection.Inactive;
                default:
                    break;
            }
        }

        return null;
    }
}

/// <summary>An m-section: <c>m=audio 9 UDP/TLS/RTP/SAVPF 111 63</c> and its attributes (RFC 8866 section 5.14).</summary>
internal sealed class SdpMedia : SdpSection
{
    private SdpMedia(string kind, int port, string protocol, string[] formats)
    {
        Kind = kind;
        Port = port;
        Protocol = protocol;
        Formats = formats;
    }

    public string Kind { get; }

    public int Port { get; }

    public string Protocol { get; }

    public string[] Formats { get; }

    /// <summary>Null where it has none, or none that is a token.</summary>
    public string? Mid => Find("mid") is { Length: > 0 } mid && SdpText.IsToken(mid) ? mid : null;

    /// <summary>Port 0 says no, unless the section is to be had in a bundle alone (RFC 9143 section 6).</summary>
    public bool IsRejected => Port == 0 && !Has("bundle-only");

    public static SdpMedia? Parse(string value)
    {
        string[] fields = value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length < 4 || !SdpText.IsToken(fields[0]))
            return null;

        int slash = fields[1].IndexOf('/', StringComparison.Ordinal);
        string port = slash < 0 ? fields[1] : fields[1][..slash];
        return ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? new SdpMedia(fields[0], number, fields[2], fields[3..])
            : null;
    }
}
