using Ttm.Server.Api.Media;
using Ttm.Server.Auth;
using Ttm.Server.Tests.Kit;
using Microsoft.Extensions.DependencyInjection;

namespace Ttm.Server.Tests.Api;

public sealed class IceServersTests
{
    [Fact]
    public async Task Get_WithoutPublicAddresses_NamesTheHostAskedFor()
    {
        await using var server = await TestServer.StartAsync("--Media:Port=4000");
        var response = await server.SendAsync("GET", "/api/v1/ice-servers", server.Student("a"), body: null, headers: ("Host", "media.school.example:8080")).ShouldBeAsync(200);

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"iceServers":[{"urls":["stun:media.school.example:4000"]}]}""");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task Get_WithPublicAddresses_NamesThem()
    {
        await using var server = await TestServer.StartAsync("--Media:PublicAddresses=192.0.2.7,2001:db8::1");
        var response = await server.SendAsync("GET", "/api/v1/ice-servers", server.Teacher("a"));

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"iceServers":[{"urls":["stun:192.0.2.7:3478","stun:[2001:db8::1]:3478"]}]}""");
    }

    [Fact]
    public async Task Links_WithCredentials_CarryThem()
    {
        await using var server = await TestServer.StartAsync(builder => builder.Services.AddSingleton<IIceServerSource, Turn>());
        var response = await server.SendAsync("POST", "/whip/a", server.Teacher("a"), TestServer.Offer, "application/sdp").ShouldBeAsync(201);

        response.Headers.GetValues("Link").ShouldContain(
            "<turn:127.0.0.1:3478?transport=udp>; rel=\"ice-server\"; username=\"t-1\"; credential=\"c\"; credential-type=\"password\"");
    }

    private sealed class Turn : IIceServerSource
    {
        public IEnumerable<IceServer> For(string host, Caller caller) => [new([$"turn:{host}:3478?transport=udp"], caller.Id, "c")];
    }
}
