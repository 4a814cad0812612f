namespace Ttm.Sfu.Media;

/// <summary>By which way a session's media comes and goes.</summary>
public enum SessionPath
{
    /// <summary>No pair is selected yet.</summary>
    None,

    /// <summary>Straight to the media port; also behind another server's relay, which cannot be told apart.</summary>
    Udp,

    /// <summary>ICE-TCP (RFC 6544).</summary>
    IceTcp,

    /// <summary>The same inside of TLS.</summary>
    IceTls,

    /// <summary>This server's TURN, its client by UDP.</summary>
    TurnUdp,

    TurnTcp,

    TurnTls,
}
