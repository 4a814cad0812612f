using System.Text;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Requests;

/// <summary>
/// The server's side of the long-term credential mechanism (RFC 8489 section 9.2.4). Answers the requests that do not pass; these count
/// against their address.
/// </summary>
internal sealed class Authenticator(
    TurnCredentials credentials,
    NonceIssuer nonces,
    RequestLimiter limiter,
    Responder responder,
    TurnMetrics metrics,
    string realm,
    DateTimeOffset epoch)
{
    private readonly byte[] _realm = Encoding.UTF8.GetBytes(realm);
    private readonly byte[] _password = new byte[TurnCredentials.MaxPasswordLength];
    private readonly byte[] _key = new byte[32];

    /// <param name="request">Not yet authenticated.</param>
    /// <param name="authenticated">Valid until the next call: its key lies in a buffer of this object.</param>
    public DropReason Check(in TurnRequest request, out TurnRequest authenticated)
    {
        authenticated = default;
        var message = request.Message;
        bool sha256 = message.HasAttribute(StunAttribute.MessageIntegritySha256);

        // 1. No integrity: the first request of a client, which learns the realm and a nonce.
        if (!sha256 && !message.HasAttribute(StunAttribute.MessageIntegrity))
            return Challenge(request, failure: false, anonymity: true);

        // 2. Integrity without all it takes: 400.
        bool isHashed = message.TryGetAttribute(StunAttribute.UserHash, out var userHash);
        bool isNamed = message.TryGetUsername(out var username);
        if ((!isHashed && !isNamed)
            || !message.TryGetAttribute(StunAttribute.Realm, out var givenRealm)
            || !message.TryGetAttribute(StunAttribute.Nonce, out var nonce))
        {
            return Refuse(request);
        }

        // 3. The algorithm, by which a client may not be talked down to MD5.
        if (!TryGetAlgorithm(message, out var algorithm))
            return Refuse(request);

        // 4. The user.
        if (isHashed && !credentials.TryGetUsername(userHash, out username))
            return Challenge(request, failure: true, anonymity: false);
        if (!givenRealm.SequenceEqual(_realm)
            || !credentials.TryGetPassword(username, epoch.AddTicks(request.Now.Ticks), _password, out int length, out bool expired))
        {
            return Challenge(request, failure: true, anonymity: true);
        }

        // 5. The integrity, before the nonce: whoever has no key learns nothing else.
        int keyLength = StunLongTermKey.Write(algorithm, username, _realm, _password.AsSpan(0, length), _key);
        var key = _key.AsSpan(0, keyLength);
        if (!(sha256 ? message.VerifyIntegritySha256(key) : message.VerifyIntegrity(key)))
            return Challenge(request, failure: true, anonymity: true);

        // 6. The nonce.
        if (!nonces.IsValid(nonce, request.Client, request.Now))
        {
            responder.Challenge(request, StunErrorCode.StaleNonce, anonymity: true);
            return DropReason.None;
        }

        authenticated = new TurnRequest
        {
            Message = message,
            Client = request.Client,
            Now = request.Now,
            Username = username,
            Key = key,
            UsesSha256 = sha256,
            IsExpired = expired,
        };
        return DropReason.None;
    }

    /// <summary>401 for credentials that are right but over.</summary>
    public void RefuseExpired(in TurnRequest request) => Challenge(
        new TurnRequest { Message = request.Message, Client = request.Client, Now = request.Now }, failure: true, anonymity: true);

    private DropReason Challenge(in TurnRequest request, bool failure, bool anonymity)
    {
        if (failure)
            metrics.AuthenticationFailures++;
        if (!limiter.TryTake(request.Client, request.Now))
            return DropReason.RateLimited;
        responder.Challenge(request, StunErrorCode.Unauthenticated, anonymity);
        return DropReason.None;
    }

    private DropReason Refuse(in TurnRequest request)
    {
        if (!limiter.TryTake(request.Client, request.Now))
            return DropReason.RateLimited;
        responder.Refuse(request, StunErrorCode.BadRequest);
        return DropReason.None;
    }

    private static bool TryGetAlgorithm(in StunMessage message, out StunPasswordAlgorithm algorithm)
    {
        algorithm = StunPasswordAlgorithm.Md5;
        bool isChosen = message.TryGetAttribute(StunAttribute.PasswordAlgorithm, out var chosen);
        bool isEchoed = message.TryGetAttribute(StunAttribute.PasswordAlgorithms, out var echoed);
        if (!isChosen && !isEchoed)
            return true;
        if (!isChosen || !isEchoed || chosen.Length != 4 || !echoed.SequenceEqual(Responder.PasswordAlgorithms))
            return false;
        algorithm = (StunPasswordAlgorithm)((chosen[0] << 8) | chosen[1]);
        return algorithm is StunPasswordAlgorithm.Md5 or StunPasswordAlgorithm.Sha256 && chosen[2] == 0 && chosen[3] == 0;
    }
}
