using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Auth;

public sealed class TokenTests : IAsyncLifetime
{
    private const string OtherSecret = "another secret of thirty-two bytes";
    private const string Path = "/api/v1/lessons";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private TestServer _server = null!;

    public async Task InitializeAsync() =>
        _server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(_clock), $"--Auth:Keys:Second={OtherSecret}");

    public async Task DisposeAsync() => await _server.DisposeAsync();

    /// <summary>A token made by hand, as an attacker would.</summary>
    private static string Forge(string header, string payload, string secret, string algorithm = "HS256")
    {
        var signed = Encode(Encoding.UTF8.GetBytes(header)) + "." + Encode(Encoding.UTF8.GetBytes(payload));
        var key = Encoding.UTF8.GetBytes(secret);
        var input = Encoding.ASCII.GetBytes(signed);
        var signature = algorithm == "HS512" ? HMACSHA512.HashData(key, input) : HMACSHA256.HashData(key, input);
        return signed + "." + (algorithm == "none" ? "" : Encode(signature));
    }

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private string Payload(string iss = TestServer.ApiKey, string rest = "", string role = "\"service\"") =>
        $$"""{"iss":"{{iss}}","role":{{role}},"exp":{{_clock.GetUtcNow().ToUnixTimeSeconds() + 60}}{{rest}}}""";

    private const string Hs256 = """{"alg":"HS256","typ":"JWT"}""";

    [Fact]
    public async Task Token_OfEachKey_IsGood()
    {
        await _server.SendAsync("GET", Path, Forge(Hs256, Payload(), TestServer.Secret)).ShouldBeAsync(200);
        await _server.SendAsync("GET", Path, Forge(Hs256, Payload("Second"), OtherSecret)).ShouldBeAsync(200);
        await _server.SendAsync("GET", Path, Forge("""{"alg":"HS256","kid":"whatever"}""", Payload(), TestServer.Secret)).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Token_SignedByAnotherKeyThanItsIssuers_IsUnauthorized()
    {
        await RefuseAsync(Forge(Hs256, Payload("Second"), TestServer.Secret));
        await RefuseAsync(Forge(Hs256, Payload(), OtherSecret));
        await RefuseAsync(Forge(Hs256, Payload("unknown"), TestServer.Secret));
        await RefuseAsync(Forge(Hs256, Payload("second"), OtherSecret));
        await RefuseAsync(Forge(Hs256, """{"role":"service","exp":4000000000}""", TestServer.Secret));
    }

    [Fact]
    public async Task Token_WithCriticalExtensions_IsUnauthorized()
    {
        await RefuseAsync(Forge("""{"alg":"HS256","crit":["x"],"x":1}""", Payload(), TestServer.Secret));
        await RefuseAsync(Forge("""{"alg":"HS256","crit":["b64"],"b64":false}""", Payload(), TestServer.Secret));
    }

    [Fact]
    public async Task Token_OfAnotherAlgorithm_IsUnauthorized()
    {
        await RefuseAsync(Forge("""{"alg":"none"}""", Payload(), TestServer.Secret, "none"));
        await RefuseAsync(Forge("""{"alg":"none"}""", Payload(), TestServer.Secret));
        await RefuseAsync(Forge("""{"alg":"HS512"}""", Payload(), TestServer.Secret, "HS512"));
        await RefuseAsync(Forge("""{"alg":"RS256"}""", Payload(), TestServer.Secret));
        await RefuseAsync(Forge("""{"alg":"hs256"}""", Payload(), TestServer.Secret));
        await RefuseAsync(Forge("{}", Payload(), TestServer.Secret));
        await RefuseAsync(Forge("not json", Payload(), TestServer.Secret));
    }

    [Theory]
    [InlineData("teacher", "")]
    [InlineData("teacher", ",\"sub\":\"t\"")]
    [InlineData("teacher", ",\"lesson\":\"a\"")]
    [InlineData("student", ",\"sub\":\"s\",\"lesson\":\"a b\"")]
    [InlineData("student", ",\"sub\":\"\",\"lesson\":\"a\"")]
    [InlineData("student", ",\"sub\":[\"s\",\"s2\"],\"lesson\":\"a\"")]
    [InlineData("student", ",\"sub\":\"s\",\"lesson\":[\"a\",\"b\"]")]
    [InlineData("Service", "")]
    [InlineData("admin", ",\"sub\":\"s\",\"lesson\":\"a\"")]
    [InlineData("service", ",\"sub\":\"two words\"")]
    [InlineData("service", ",\"record\":\"no\"")]
    [InlineData("service", ",\"record\":[true,false]")]
    [InlineData("", "")]
    public async Task Token_WithBadClaims_IsUnauthorized(string role, string rest) =>
        await RefuseAsync(Forge(Hs256, Payload(rest: rest, role: $"\"{role}\""), TestServer.Secret));

    [Fact]
    public async Task Token_WithTwoRoles_IsUnauthorized() =>
        await RefuseAsync(Forge(Hs256, Payload(role: """["student","service"]"""), TestServer.Secret));

    [Theory]
    [InlineData("")]
    [InlineData("""{"iss":"school","role":"service","exp":"soon"}""")]
    [InlineData("""{"iss":"school","role":"service","exp":1e400}""")]
    [InlineData("""{"iss":"school","role":"service","exp":-1}""")]
    [InlineData("""{"iss":"school","role":"service","exp":[]}""")]
    [InlineData("""{"iss":["school"],"role":"service"}""")]
    [InlineData("""{"iss":7}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task Token_WithNonsenseInside_IsUnauthorized(string payload) => await RefuseAsync(Forge(Hs256, payload, TestServer.Secret));

    [Fact]
    public async Task Token_WithoutExpiry_IsUnauthorized()
    {
        var title = await RefuseAsync(Forge(Hs256, """{"iss":"school","role":"service"}""", TestServer.Secret));
        title.ShouldContain("exp");
    }

    [Fact]
    public async Task Token_PastItsExpiry_IsUnauthorized()
    {
        var token = _server.Minter.Service("app", TimeSpan.FromMinutes(10));
        _clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(2));
        await _server.SendAsync("GET", Path, token).ShouldBeAsync(200);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var title = await RefuseAsync(token);
        title.ShouldContain("expired");
    }

    [Fact]
    public async Task Token_BeforeItsTime_IsUnauthorized()
    {
        var later = _clock.GetUtcNow().ToUnixTimeSeconds() + 10;
        var token = Forge(Hs256, Payload(rest: $",\"nbf\":{later}"), TestServer.Secret);
        await RefuseAsync(token);
        _clock.Advance(TimeSpan.FromSeconds(6));
        await _server.SendAsync("GET", Path, token).ShouldBeAsync(200);
    }

    [Fact]
    public async Task QueryToken_ServesLikeTheHeader_WhichWins()
    {
        var token = _server.Service;
        await _server.SendAsync("GET", $"{Path}?access_token={token}", null).ShouldBeAsync(200);
        await _server.SendAsync("GET", $"{Path}?access_token={token}", "bad").ShouldBeProblemAsync(401);
        await _server.SendAsync("POST", $"{Path}?access_token={token}", null, "{}").ShouldBeAsync(201);
        await _server.SendAsync("DELETE", $"{Path}/a?access_token={token}", null).ShouldBeProblemAsync(404);
        await _server.SendAsync("GET", $"{Path}?access_token=", null).ShouldBeProblemAsync(401);
        await _server.SendAsync("GET", $"{Path}?access_token=a&access_token=b", null).ShouldBeProblemAsync(401);
    }

    [Theory]
    [InlineData("Basic dXNlcjpwYXNz")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("nonsense")]
    [InlineData("Bearer ....")]
    public async Task Header_OfAnotherKind_IsUnauthorized(string header) =>
        await _server.SendAsync("GET", Path, null, body: null, headers: ("Authorization", header)).ShouldBeProblemAsync(401);

    [Fact]
    public async Task Tokens_NeverReachTheLog()
    {
        var token = _server.Service;
        await _server.SendAsync("GET", $"{Path}?access_token={token}", null).ShouldBeAsync(200);
        await _server.SendAsync("GET", $"{Path}/a?access_token={token}x", null).ShouldBeProblemAsync(401);
        await _server.SendAsync("GET", $"/nothing?access_token={token}", null).ShouldBeProblemAsync(404);
        await _server.SendAsync("GET", Path, token).ShouldBeAsync(200);

        var signature = token[(token.LastIndexOf('.') + 1)..];
        _server.Logs.Lines.ShouldNotBeEmpty();
        _server.Logs.Lines.Where(line => line.Contains(signature, StringComparison.Ordinal) || line.Contains(TestServer.Secret, StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private async Task<string> RefuseAsync(string token)
    {
        var response = await _server.SendAsync("GET", Path, token);
        response.Headers.WwwAuthenticate.ToString().ShouldContain("invalid_token");
        return await response.ShouldBeProblemAsync(401);
    }
}
