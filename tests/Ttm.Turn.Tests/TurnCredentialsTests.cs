using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Ttm.Turn.Tests;

public sealed class TurnCredentialsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero);
    private const string Secret = "a secret of some length";

    [Fact]
    public void Mint_ForAUser_IsTheRestFormOfTheSharedSecret()
    {
        var minted = Make().Mint("s-17", Now);
        minted.ExpiresAt.ShouldBe(Now + TimeSpan.FromHours(6));
        minted.Username.ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{minted.ExpiresAt.ToUnixTimeSeconds()}:s-17"));
        byte[] expected = HMACSHA1.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(minted.Username));
        minted.Password.ShouldBe(Convert.ToBase64String(expected));
    }

    [Fact]
    public void TryGetPassword_OfAMintedName_IsItsPasswordUntilItExpires()
    {
        var minted = Make().Mint("s-17", Now);
        PasswordOf(Make(), minted.Username, Now, out bool expired).ShouldBe(minted.Password);
        expired.ShouldBeFalse();
        PasswordOf(Make(), minted.Username, minted.ExpiresAt - TimeSpan.FromSeconds(1), out expired);
        expired.ShouldBeFalse();
        PasswordOf(Make(), minted.Username, minted.ExpiresAt, out expired);
        expired.ShouldBeTrue();
    }

    [Fact]
    public void Secret_LeftOut_IsAnotherOneEachTime()
    {
        var options = new TurnOptions();
        var first = new TurnCredentials(options, Net.SystemRandomness.Instance).Mint("u", Now);
        var second = new TurnCredentials(options, Net.SystemRandomness.Instance).Mint("u", Now);
        first.Password.ShouldNotBe(second.Password);
    }

    [Theory]
    [InlineData("bob")]
    [InlineData(":bob")]
    [InlineData("x1:bob")]
    [InlineData("-1:bob")]
    [InlineData("1x:bob")]
    [InlineData("1234567890123:bob")]
    public void TryGetPassword_OfWhatIsNoRestName_IsFalse(string username)
    {
        byte[] password = new byte[TurnCredentials.MaxPasswordLength];
        Make().TryGetPassword(Encoding.UTF8.GetBytes(username), Now, password, out _, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData("1700000000:s-17", "s-17")]
    [InlineData("1700000000:a:b", "a:b")]
    [InlineData("1700000000", "1700000000")]
    [InlineData("teacher", "teacher")]
    [InlineData("a:b", "a:b")]
    public void UserOf_AName_IsWhomQuotasCount(string username, string user) =>
        TurnCredentials.UserOf(Encoding.UTF8.GetBytes(username)).ShouldBe(user);

    [Fact]
    public void Mint_WithoutEnd_RemembersABoundedNumber()
    {
        var credentials = Make();
        var first = credentials.Mint("first", Now);
        for (int i = 0; i < 32_768; i++)
            credentials.Mint($"u{i}", Now);
        var last = credentials.Mint("last", Now);
        IsKnown(credentials, first.Username).ShouldBeFalse();
        IsKnown(credentials, last.Username).ShouldBeTrue();
        credentials.Mint("later", Now + TimeSpan.FromHours(7));
        IsKnown(credentials, last.Username).ShouldBeFalse();
    }

    private static bool IsKnown(TurnCredentials credentials, string username)
    {
        byte[] hash = new byte[32];
        Rtc.Stun.StunLongTermKey.WriteUserHash(Encoding.UTF8.GetBytes(username), "thinkthroughmath.com"u8, hash);
        return credentials.TryGetUsername(hash, out _);
    }

    private static TurnCredentials Make() => new(new TurnOptions { Secret = Secret }, Net.SystemRandomness.Instance);

    private static string PasswordOf(TurnCredentials credentials, string username, DateTimeOffset now, out bool expired)
    {
        byte[] password = new byte[TurnCredentials.MaxPasswordLength];
        credentials.TryGetPassword(Encoding.UTF8.GetBytes(username), now, password, out int length, out expired).ShouldBeTrue();
        return Encoding.UTF8.GetString(password.AsSpan(0, length));
    }
}
