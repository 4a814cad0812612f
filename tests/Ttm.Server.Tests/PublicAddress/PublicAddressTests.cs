using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ttm.Net;
using Ttm.Server.Auth;
using Ttm.Server.Configuration;
using Ttm.Server.PublicAddress;
using Ttm.Server.Tests.Crash;
using Ttm.Server.Tests.Kit;
using Ttm.Turn;

namespace Ttm.Server.Tests.PublicAddress;

public sealed class PublicAddressTests : IDisposable
{
    private const string Public = "203.0.113.7";
    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-address-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("203.0.113.7", typeof(PublicAddressSource.Literal), "203.0.113.7")]
    [InlineData("2001:db8::1", typeof(PublicAddressSource.Literal), "2001:db8::1")]
    [InlineData("EC2", typeof(PublicAddressSource.Ec2), "ec2")]
    [InlineData("stun:stun.thinkthroughmath.com", typeof(PublicAddressSource.Stun), "stun:stun.thinkthroughmath.com:3478")]
    [InlineData("stun:192.0.2.1:19302", typeof(PublicAddressSource.Stun), "stun:192.0.2.1:19302")]
    [InlineData("stun:[2001:db8::2]:3479", typeof(PublicAddressSource.Stun), "stun:2001:db8::2:3479")]
    public void Parse_OfAnAddressOrWhoKnowsIt_IsThat(string text, Type type, string shown)
    {
        var source = PublicAddressSource.Parse(text);
        source.ShouldBeOfType(type);
        (source is PublicAddressSource.Literal literal ? $"{literal.Address}" : $"{source}").ShouldBe(shown);
    }

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    [InlineData("media.thinkthroughmath.com")]
    [InlineData("stun:")]
    [InlineData("stun:host:0")]
    [InlineData("stun:host:99999")]
    [InlineData("stun:[2001:db8::2")]
    [InlineData("ec3")]
    public void Parse_OfAnythingElse_NamesTheSetting(string text) =>
        Should.Throw<StartException>(() => PublicAddressSource.Parse(text)).Message.ShouldContain($"Media:PublicAddresses is \"{text}\"");

    /// <summary>Our own STUN server sees loopback; without NAT that is the address.</summary>
    [Fact]
    public void Find_ByStun_IsWhatTheServerSees()
    {
        var options = new TurnOptions();
        using var server = new TurnShell(options, new TurnCredentials(options, SystemRandomness.Instance), IPAddress.Loopback, 0, [], TimeProvider.System, _ => { });
        server.Start();
        PublicAddressFinder.Find([new PublicAddressSource.Stun("127.0.0.1", server.Port)]).ShouldBe([IPAddress.Loopback]);
    }

    [Fact]
    public void Ask_OfASilentOrAbsentServer_EndsInTime()
    {
        using var silent = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var limit = TimeSpan.FromMilliseconds(700);
        var watch = Stopwatch.StartNew();
        StunQuery.Ask("127.0.0.1", ((IPEndPoint)silent.Client.LocalEndPoint!).Port, limit).ShouldBeNull();
        watch.Elapsed.ShouldBeGreaterThan(limit - TimeSpan.FromMilliseconds(50));
        for (var i = 0; i < 2; i++)
        {
            silent.Client.Poll(0, SelectMode.SelectRead).ShouldBeTrue("it has asked twice");
            silent.Client.Receive(new byte[100]).ShouldBe(20);
        }

        StunQuery.Ask("nowhere.invalid", 3478, limit).ShouldBeNull();
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task Start_OnEc2_OffersTheInstancesPublicAddress()
    {
        await using var metadata = await StartMetadataAsync();
        using var server = new ServerUnderTest(_directory, "--Media:PublicAddresses=ec2");
        server.Environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = metadata.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Environment["AWS_EC2_METADATA_DISABLED"] = "false";
        await server.StartAsync();

        var token = new TokenMinter(ServerUnderTest.ApiKey, ServerUnderTest.Secret, TimeProvider.System).Teacher("x", "t", TimeSpan.FromMinutes(5));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/ice-servers") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        using var answer = await server.Client.SendAsync(request);
        (await answer.JsonAsync()).GetProperty("iceServers")[0].GetProperty("urls")[0].GetString().ShouldStartWith($"stun:{Public}:");
        server.Output.ShouldContain($"offered at {Public}");
        await server.StopAsync();
    }

    /// <summary>Version 2 alone, as a careful account has it.</summary>
    private static async Task<WebApplication> StartMetadataAsync()
    {
        const string Token = "AQAEAL-a-token";
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPut("/latest/api/token", (HttpContext context) => context.Request.Headers.ContainsKey("x-aws-ec2-metadata-token-ttl-seconds") ? Results.Text(Token) : Results.BadRequest());
        app.MapGet("/latest/meta-data/public-ipv4", (HttpContext context) => context.Request.Headers["x-aws-ec2-metadata-token"] == Token ? Results.Text(Public) : Results.Unauthorized());
        await app.StartAsync();
        return app;
    }
}
