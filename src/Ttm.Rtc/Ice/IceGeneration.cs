using System.Text;

namespace Ttm.Rtc.Ice;

/// <summary>Both ends' credentials of one ICE generation, as bytes, so that a check costs no conversion.</summary>
internal sealed class IceGeneration
{
    /// <param name="number">Counts the restarts.</param>
    public IceGeneration(int number, IceCredentials local, IceCredentials remote)
    {
        Number = number;
        Local = local;
        Remote = remote;
        LocalUfrag = Encoding.ASCII.GetBytes(local.Ufrag);
        LocalPassword = Encoding.ASCII.GetBytes(local.Password);
        RemotePassword = Encoding.ASCII.GetBytes(remote.Password);
        IncomingUsername = Encoding.ASCII.GetBytes($"{local.Ufrag}:{remote.Ufrag}");
        OutgoingUsername = Encoding.ASCII.GetBytes($"{remote.Ufrag}:{local.Ufrag}");
    }

    public int Number { get; }

    public IceCredentials Local { get; }

    public IceCredentials Remote { get; }

    public byte[] LocalUfrag { get; }

    public byte[] LocalPassword { get; }

    public byte[] RemotePassword { get; }

    /// <summary>USERNAME of a check that comes: the receiver's fragment first (RFC 8445 section 7.2.2).</summary>
    public byte[] IncomingUsername { get; }

    /// <summary>USERNAME of a check that goes.</summary>
    public byte[] OutgoingUsername { get; }
}
