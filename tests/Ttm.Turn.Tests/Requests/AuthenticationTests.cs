using System.Text;
using Ttm.Rtc;
using Ttm.Rtc.Stun;

namespace Ttm.Turn.Tests.Requests;

public sealed class AuthenticationTests
{
    private readonly TurnFixture _turn = new();

    [Fact]
    public void Allocate_WithoutCredentials_Is401WithAllThatTheNextTryNeeds()
    {
        var client = _turn.NewClient();
        var answer = client.Send(client.Unauthenticated(StunMethod.Allocate, TestClient.Transport()));
        answer.Error.ShouldBe(StunErrorCode.Unauthenticated);
        Encoding.UTF8.GetString(answer.Value(StunAttribute.Realm)).ShouldBe("thinkthroughmath.com");
        Encoding.UTF8.GetString(answer.Value(StunAttribute.Nonce)).ShouldStartWith("obMatJos2wAAA");
        answer.Value(StunAttribute.PasswordAlgorithms).ShouldBe(new byte[] { 0, 2, 0, 0, 0, 1, 0, 0 });
        answer.Value(StunAttribute.MessageIntegrity).ShouldBeEmpty();
        answer.Datagram.Length.ShouldBe(132);
        _turn.Server.Metrics.AuthenticationFailures.ShouldBe(0);
        _turn.Server.Metrics.Refused(StunErrorCode.Unauthenticated).ShouldBe(1);
    }

    [Theory]
    [InlineData(false, StunPasswordAlgorithm.None, false)]
    [InlineData(false, StunPasswordAlgorithm.Md5, false)]
    [InlineData(true, StunPasswordAlgorithm.None, false)]
    [InlineData(true, StunPasswordAlgorithm.Sha256, false)]
    [InlineData(true, StunPasswordAlgorithm.Sha256, true)]
    [InlineData(false, StunPasswordAlgorithm.Sha256, true)]
    public void Allocate_WithEachFormOfCredentials_SucceedsAndIsProtectedAlike(bool sha256, StunPasswordAlgorithm algorithm, bool hashed)
    {
        var client = _turn.NewClient();
        client.UseSha256 = sha256;
        client.Algorithm = algorithm;
        client.UseUserHash = hashed;
        client.WithFingerprint = true;
        var answer = client.Allocate();
        answer.IsSuccess.ShouldBeTrue();
        answer.Message().VerifyIntegrity(client.Key).ShouldBe(!sha256);
        answer.Message().VerifyIntegritySha256(client.Key).ShouldBe(sha256);
        answer.Message().VerifyFingerprint().ShouldBeTrue();
    }

    [Fact]
    public void Allocate_WithRestCredentials_SucceedsByNameAndByHash()
    {
        var minted = _turn.Credentials.Mint("s-17", TurnFixture.Epoch + TimeSpan.FromHours(1));
        _turn.NewClient("203.0.113.5:1", minted.Username, minted.Password).Allocate().IsSuccess.ShouldBeTrue();
        var hashed = _turn.NewClient("203.0.113.5:2", minted.Username, minted.Password);
        hashed.UseUserHash = true;
        hashed.Allocate().IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public void Allocate_WithAnUnknownUserHash_Is401WithoutTheAnonymityBit()
    {
        var client = _turn.NewClient(user: "nobody");
        client.UseUserHash = true;
        var answer = client.Allocate();
        answer.Error.ShouldBe(StunErrorCode.Unauthenticated);
        Encoding.UTF8.GetString(answer.Value(StunAttribute.Nonce)).ShouldStartWith("obMatJos2gAAA");
    }

    [Theory]
    [InlineData("teacher", "wrong")]
    [InlineData("nobody", "sesame")]
    [InlineData("1:s-17", "sesame")]
    [InlineData("9999999999:s-17", "sesame")]
    public void Allocate_WithWrongCredentials_Is401AndCounted(string user, string password)
    {
        _turn.NewClient(user: user, password: password).Allocate().Error.ShouldBe(StunErrorCode.Unauthenticated);
        _turn.Server.Metrics.AuthenticationFailures.ShouldBe(1);
        _turn.Server.Allocations.ShouldBe(0);
    }

    [Fact]
    public void Allocate_WithExpiredRestCredentials_Is401ButTheOldAllocationLivesOn()
    {
        var minted = _turn.Credentials.Mint("s-17", TurnFixture.Epoch + TimeSpan.FromHours(1));
        var client = _turn.NewClient("203.0.113.5:1", minted.Username, minted.Password);
        client.Allocate().IsSuccess.ShouldBeTrue();
        for (int hour = 0; hour < 7; hour++)
        {
            client.Nonce = [];
            client.Refresh(3600).Lifetime.ShouldBe(3600u);
            _turn.Advance(TimeSpan.FromMinutes(59));
        }

        client.Nonce = [];
        client.Refresh(3600).IsSuccess.ShouldBeTrue();
        _turn.NewClient("203.0.113.5:2", minted.Username, minted.Password).Allocate().Error.ShouldBe(StunErrorCode.Unauthenticated);
    }

    [Theory]
    [InlineData(StunAttribute.Username)]
    [InlineData(StunAttribute.Realm)]
    [InlineData(StunAttribute.Nonce)]
    public void Allocate_WithIntegrityButAPartMissing_Is400(StunAttribute missing)
    {
        var client = _turn.NewClient();
        byte[] buffer = new byte[512];
        var writer = new StunWriter(buffer, StunMethod.Allocate, StunClass.Request, new byte[12]);
        writer.WriteUInt32(StunAttribute.RequestedTransport, 17u << 24);
        foreach (var type in new[] { StunAttribute.Username, StunAttribute.Realm, StunAttribute.Nonce })
        {
            if (type != missing)
                writer.Write(type, "thinkthroughmath.com"u8);
        }

        writer.WriteMessageIntegrity(client.Key);
        client.Send(buffer[..writer.Length]).Error.ShouldBe(StunErrorCode.BadRequest);
    }

    [Fact]
    public void Allocate_WithPasswordAlgorithmsThatWereNotOffered_Is400()
    {
        var client = _turn.NewClient();
        client.Request(StunMethod.Allocate, TestClient.Transport((ref StunWriter writer) =>
        {
            writer.Write(StunAttribute.PasswordAlgorithms, [0, 1, 0, 0]);
            writer.Write(StunAttribute.PasswordAlgorithm, [0, 1, 0, 0]);
        })).Error.ShouldBe(StunErrorCode.BadRequest);
        client.Request(StunMethod.Allocate, TestClient.Transport((ref StunWriter writer) =>
            writer.Write(StunAttribute.PasswordAlgorithm, [0, 1, 0, 0]))).Error.ShouldBe(StunErrorCode.BadRequest);
        client.Algorithm = (StunPasswordAlgorithm)3;
        client.Allocate().Error.ShouldBe(StunErrorCode.BadRequest);
    }

    [Fact]
    public void Refresh_AfterTheNonceExpired_Is438WithANonceThatWorks()
    {
        var client = _turn.NewClient();
        client.Allocate(Life(3600)).IsSuccess.ShouldBeTrue();
        _turn.Advance(TimeSpan.FromMinutes(30));
        client.Refresh(3600).IsSuccess.ShouldBeTrue();
        _turn.Advance(TimeSpan.FromMinutes(30));
        var stale = client.Refresh(600);
        stale.Error.ShouldBe(StunErrorCode.StaleNonce);
        client.Nonce = stale.Value(StunAttribute.Nonce);
        client.Refresh(600).IsSuccess.ShouldBeTrue();
    }

    [Fact]
    public void Allocate_WithTheNonceOfAnotherClientOrAForgedOne_Is438()
    {
        var client = _turn.NewClient();
        client.Allocate().IsSuccess.ShouldBeTrue();
        var other = _turn.NewClient("203.0.113.6:40000");
        other.Nonce = client.Nonce;
        other.Allocate().Error.ShouldBe(StunErrorCode.StaleNonce);
        for (int at = 0; at < client.Nonce.Length; at++)
        {
            byte[] forged = (byte[])client.Nonce.Clone();
            forged[at] ^= 1;
            NonceIsStale(client, forged);
        }

        NonceIsStale(client, client.Nonce[..^1]);
        NonceIsStale(client, "x"u8.ToArray());
    }

    [Fact]
    public void Receive_UnauthenticatedRequestsWithoutEnd_AreDroppedAtTheLimitAndAnsweredAgainLater()
    {
        var client = _turn.NewClient();
        byte[] request = client.Unauthenticated(StunMethod.Allocate, null);
        int answered = Flood(request, client.Address, 5000);
        answered.ShouldBe(2000);
        _turn.Server.Metrics.Dropped(DropReason.RateLimited).ShouldBe(3000);

        // Another address is another matter, and so is a client that has an allocation.
        Flood(request, _turn.NewClient("203.0.113.77:1").Address, 1).ShouldBe(1);
        _turn.Advance(TimeSpan.FromSeconds(1));
        Flood(request, client.Address, 1000).ShouldBe(200);
    }

    [Fact]
    public void Receive_AfterAFloodFromItsAddress_AnAllocationStillWorks()
    {
        var client = _turn.NewClient();
        client.Allocate().IsSuccess.ShouldBeTrue();
        Flood(client.Unauthenticated(StunMethod.Allocate, null), client.Address, 5000);
        client.Refresh(600).IsSuccess.ShouldBeTrue();
    }

    private int Flood(byte[] request, TransportAddress from, int count)
    {
        int before = _turn.ToClients.Count;
        for (int i = 0; i < count; i++)
            _turn.Server.Receive(request, from, _turn.Now);
        return _turn.ToClients.Count - before;
    }

    private static void NonceIsStale(TestClient client, byte[] nonce)
    {
        byte[] good = client.Nonce;
        client.Nonce = nonce;
        client.Refresh(600).Error.ShouldBe(StunErrorCode.StaleNonce);
        client.Nonce = good;
    }

    private static WriteAttributes Life(uint seconds) => (ref StunWriter writer) => writer.WriteUInt32(StunAttribute.Lifetime, seconds);
}
