using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Ttm.Server.Tests.Kit;
using Ttm.Testing.Tls;

namespace Ttm.Server.Tests.Tls;

/// <summary>A server with a private authority's certificate, by HTTP and by HTTPS.</summary>
public sealed class HttpsOnlyTests : IDisposable
{
    private const string Host = "lessons.thinkthroughmath.com";
    private readonly PrivateAuthority _authority = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Http_WhereThereIsHttps_LeadsThere()
    {
        await using var server = await StartAsync();
        foreach (var (method, path) in new[] { ("GET", "/teacher.html?lesson=x"), ("POST", "/whip/x"), ("GET", "/api/v1/lessons"), ("GET", "/metrics/") })
        {
            var answer = await server.SendAsync(method, path, null, body: "").ShouldBeAsync(308);
            answer.Headers.Location.ShouldBe(new Uri(Https(server), path));
        }

        foreach (var path in new[] { "/healthz", "/readyz", "/metrics" })
            await server.SendAsync("GET", path, null).ShouldBeAsync(200);
    }

    [Theory]
    [InlineData("--Http:RedirectToHttps=false")]
    [InlineData("--environment=Development")]
    public async Task Http_WhereItMayStay_Stays(string setting)
    {
        await using var server = await StartAsync(setting);
        await server.SendAsync("GET", "/teacher.html", null).ShouldBeAsync(200);
    }

    [Fact]
    public async Task Https_OfAName_IsAskedForAYear()
    {
        await using var server = await StartAsync();
        await using var connection = await ConnectAsync(server, ClientOptions());
        (await AskAsync(connection, Host)).ShouldContain("Strict-Transport-Security: max-age=31536000\r\n");
    }

    [Fact]
    public async Task Challenge_OfAnAuthority_IsAnsweredByHttp()
    {
        var webroot = Directory.CreateTempSubdirectory("ttm-acme-").FullName;
        await using var server = await StartAsync($"--Http:AcmeWebroot={webroot}");
        File.WriteAllText(Path.Combine(webroot, ".well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0"), "token.thumbprint");
        File.WriteAllText(Path.Combine(webroot, "secret"), "not for them");

        var answer = await server.SendAsync("GET", "/.well-known/acme-challenge/LoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowyjxAjEuX0", null).ShouldBeAsync(200);
        (await answer.Content.ReadAsStringAsync()).ShouldBe("token.thumbprint");
        foreach (var path in new[] { "/.well-known/acme-challenge/other", "/.well-known/acme-challenge/../../secret", "/.well-known/acme-challenge/%2e%2e/%2e%2e/secret" })
            (await server.SendAsync("GET", path, null)).StatusCode.ShouldNotBe(HttpStatusCode.OK);
        Directory.Delete(webroot, recursive: true);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, true)]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, true)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256, false)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, false)]
    [UnsupportedOSPlatform("windows")]
    public async Task Handshake_OfASuite_SucceedsWhereItIsModern(SslProtocols protocol, TlsCipherSuite suite, bool succeeds)
    {
        await using var server = await StartAsync();
        var options = ClientOptions();
        options.EnabledSslProtocols = protocol;
        options.CipherSuitesPolicy = new CipherSuitesPolicy([suite]);
        if (succeeds)
            (await ConnectAsync(server, options)).NegotiatedCipherSuite.ShouldBe(suite);
        else
            await Should.ThrowAsync<Exception>(() => ConnectAsync(server, options));
    }

    [Fact]
    public async Task Renewal_OfTheFiles_IsSeenByNewConnectionsAndEndsNone()
    {
        await using var server = await TestServer.StartAsync(
            builder => builder.Services.AddSingleton<TimeProvider>(_time), ["--Http:Urls=http://127.0.0.1:0;https://127.0.0.1:0", .. _authority.Settings]);
        await using var before = await ConnectAsync(server, ClientOptions());
        var renewed = _authority.Sign();
        File.SetLastWriteTimeUtc(_authority.CertificatePath, DateTime.UtcNow.AddSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(3));

        await using var after = await ConnectAsync(server, ClientOptions());
        after.RemoteCertificate!.GetSerialNumberString().ShouldBe(renewed);
        before.RemoteCertificate!.GetSerialNumberString().ShouldNotBe(renewed);

        (await AskAsync(before, "localhost")).ShouldContain("alive");
    }

    private static Uri Https(TestServer server) =>
        new(server.Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single(address => address.StartsWith("https:", StringComparison.Ordinal)));

    private static async Task<SslStream> ConnectAsync(TestServer server, SslClientAuthenticationOptions options)
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Https(server).Port);
        var stream = new SslStream(socket.GetStream());
        await stream.AuthenticateAsClientAsync(options);
        return stream;
    }

    private static async Task<string> AskAsync(SslStream connection, string host)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"GET /healthz HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(connection);
        return await reader.ReadToEndAsync();
    }

    private SslClientAuthenticationOptions ClientOptions() => new()
    {
        TargetHost = "localhost",
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(_authority.AuthorityPath) },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    private Task<TestServer> StartAsync(params string[] settings) =>
        TestServer.StartAsync(["--Http:Urls=http://127.0.0.1:0;https://127.0.0.1:0", .. _authority.Settings, .. settings]);
}
