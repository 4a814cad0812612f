using System.Net.Sockets;
using System.Text;
using Ttm.Server.Tests.Kit;

namespace Ttm.Server.Tests.Api;

/// <summary>What is no request at all is refused by the HTTP server before there is anything to answer by: a status without a body, and the end of the connection.</summary>
[Collection(ServerGroup.Name)]
public sealed class NoRequestTests(ServerFixture fixture)
{
    [Theory]
    [InlineData("GET /api/v1/lessons/%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET /api/v1/les sons HTTP/1.1\r\nHost: a\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nBad Header: b\r\n\r\n", 400)]
    [InlineData("LONG", 431)]
    public async Task NoRequest_IsRefusedWithoutABody_AndTheServerGoesOn(string text, int status)
    {
        if (text == "LONG")
            text = $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('x', 40_000)}\r\n\r\n";
        using var client = new TcpClient();
        await client.ConnectAsync(fixture.Server.Client.BaseAddress!.Host, fixture.Server.Client.BaseAddress.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text));
        using var reader = new StreamReader(stream);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = await reader.ReadToEndAsync(limit.Token);

        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        answer.ShouldContain("Connection: close", Case.Insensitive);
        answer.ShouldEndWith("\r\n\r\n");
        await fixture.Server.SendAsync("GET", "/healthz", null).ShouldBeAsync(200);
    }
}
