using System.Net;
using System.Text;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>Writes every answer, in one buffer.</summary>
internal sealed class Responder(ITurnOutput output, NonceIssuer nonces, TurnMetrics metrics, string realm)
{
    private readonly byte[] _buffer = new byte[1024];
    private readonly byte[] _realm = Encoding.UTF8.GetBytes(realm);

    /// <summary>PASSWORD-ALGORITHMS: SHA-256, then MD5, both without parameters (RFC 8489 section 14.11).</summary>
    public static ReadOnlySpan<byte> PasswordAlgorithms => [0, 2, 0, 0, 0, 1, 0, 0];

    /// <summary>A success response; give it back to <see cref="Send"/>.</summary>
    public StunWriter BeginSuccess(in TurnRequest request) =>
        new(_buffer, request.Message.Method, StunClass.SuccessResponse, request.Message.TransactionId);

    /// <summary>Adds integrity, and FINGERPRINT where the request has one.</summary>
    public void Send(in TurnRequest request, ref StunWriter writer)
    {
        if (!request.Key.IsEmpty && request.UsesSha256)
            writer.WriteMessageIntegritySha256(request.Key);
        else if (!request.Key.IsEmpty)
            writer.WriteMessageIntegrity(request.Key);
        if (request.Message.HasAttribute(StunAttribute.Fingerprint))
            writer.WriteFingerprint();
        output.SendToClient(_buffer.AsSpan(0, writer.Length), request.Client);
    }

    public void Refuse(in TurnRequest request, StunErrorCode code)
    {
        var writer = BeginError(request, code);
        Send(request, ref writer);
    }

    /// <summary>420 with the types that are not known.</summary>
    public void RefuseUnknown(in TurnRequest request, scoped ReadOnlySpan<StunAttribute> unknown)
    {
        var writer = BeginError(request, StunErrorCode.UnknownAttribute);
        writer.WriteUnknownAttributes(unknown);
        Send(request, ref writer);
    }

    /// <summary>300 with ALTERNATE-SERVER (RFC 8489 section 10).</summary>
    public void SendElsewhere(in TurnRequest request, IPEndPoint alternate)
    {
        var writer = BeginError(request, StunErrorCode.TryAlternate);
        writer.WriteAddress(StunAttribute.AlternateServer, TransportAddress.From(alternate));
        Send(request, ref writer);
    }

    /// <summary>401 or 438, with all that the next try needs.</summary>
    /// <param name="anonymity">Whether USERHASH is offered.</param>
    public void Challenge(in TurnRequest request, StunErrorCode code, bool anonymity)
    {
        var writer = BeginError(request, code);
        Span<byte> nonce = stackalloc byte[NonceIssuer.Length];
        nonces.Write(nonce, request.Client, request.Now, anonymity);
        writer.Write(StunAttribute.Realm, _realm);
        writer.Write(StunAttribute.Nonce, nonce);
        writer.Write(StunAttribute.PasswordAlgorithms, PasswordAlgorithms);
        Send(request, ref writer);
    }

    private StunWriter BeginError(in TurnRequest request, StunErrorCode code)
    {
        metrics.CountRefusal(code);
        var writer = new StunWriter(_buffer, request.Message.Method, StunClass.ErrorResponse, request.Message.TransactionId);
        writer.WriteErrorCode(code);
        return writer;
    }
}
