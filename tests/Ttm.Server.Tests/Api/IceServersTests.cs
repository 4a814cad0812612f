using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Ttm.Server.Api.Media;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Kit;
using Ttm.Server.Turn;

namespace Ttm.Server.Tests.Api;

public sealed class IceServersTests
{
    [Fact]
    public async Task Get_WithoutPublicAddresses_NamesTheHostAskedFor()
    {
        await using var server = await TestServer.StartAsync("--Media:Port=4000", "--Turn:Enabled=false");
        var response = await server.SendAsync("GET", "/api/v1/ice-servers", server.Student("a"), body: null, headers: ("Host", "media.school.example:8080")).ShouldBeAsync(200);

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"iceServers":[{"urls":["stun:media.school.example:4000"]}]}""");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Get_WithPublicAddresses_NamesThem()
    {
        await using var server = await TestServer.StartAsync("--Media:PublicAddresses=192.0.2.7,2001:db8::1", "--Turn:Enabled=false");
        var response = await server.SendAsync("GET", "/api/v1/ice-servers", server.Teacher("a"));

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"iceServers":[{"urls":["stun:192.0.2.7:3478","stun:[2001:db8::1]:3478"]}]}""");
    }

    [Fact]
    public async Task Get_WithTurn_HandsOutCredentialsForHours()
    {
        await using var server = await TestServer.StartAsync("--Media:Port=4000", "--Turn:Secret=0123456789abcdef");
        server.Get<EntrancePorts>().Tcp = 4000;
        server.Get<EntrancePorts>().Tls = 443;
        var response = await server.SendAsync("GET", "/api/v1/ice-servers", server.Student("a"), body: null, headers: ("Host", "media.school.example")).ShouldBeAsync(200);

        var turn = (await response.JsonAsync()).GetProperty("iceServers")[1];
        turn.GetProperty("urls").EnumerateArray().Select(url => url.GetString()).ShouldBe(
            ["turn:media.school.example:4000?transport=udp", "turn:media.school.example:4000?transport=tcp", "turns:media.school.example:443?transport=tcp"]);
        var username = turn.GetProperty("username").GetString()!;
        username.ShouldEndWith(":s-1");
        var lifetime = DateTimeOffset.FromUnixTimeSeconds(long.Parse(username[..^4])) - server.Clock.GetUtcNow();
        lifetime.ShouldBeInRange(TimeSpan.FromHours(5.9), TimeSpan.FromHours(6.1));
        var expected = HMACSHA1.HashData("0123456789abcdef"u8, Encoding.UTF8.GetBytes(username));
        turn.GetProperty("credential").GetString().ShouldBe(Convert.ToBase64String(expected));
    }

    [Fact]
    public async Task Links_WithCredentials_CarryThem()
    {
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<IIceServerSource, OtherServers>());
        var response = await server.SendAsync("POST", "/whip/a", server.Teacher("a"), TestServer.Offer, "application/sdp").ShouldBeAsync(201);

        response.Headers.GetValues("Link").ShouldContain(
            "<turn:127.0.0.1:3478?transport=udp>; rel=\"ice-server\"; username=\"t-1\"; credential=\"c\"; credential-type=\"password\"");
    }

    private sealed class OtherServers : IIceServerSource
    {
        public IEnumerable<IceServer> For(string host, Caller caller) => [new([$"turn:{host}:3478?transport=udp"], caller.Id, "c")];
    }
}
