using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;

namespace Ttm.EndToEnd;

/// <summary>Students behind firewalls: a lesson heard by each way in but UDP to the media port.</summary>
public sealed class WaysInTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "geometry-4";

    /// <summary>TURN with the credentials that the API hands out, through the in-process relay.</summary>
    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task Lesson_ThroughTurnAlone_IsHeard(string transport) =>
        (await HearAsync("""
            (transport, servers) => {
              const urls = servers.flatMap(({ urls }) => urls).filter((url) => url.startsWith('turn:') && url.endsWith(`transport=${transport}`));
              const { username, credential } = servers.find((server) => server.username);
              const Native = RTCPeerConnection;
              window.RTCPeerConnection = class extends Native {
                constructor() {
                  super({ iceServers: [{ urls, username, credential }], iceTransportPolicy: 'relay' });
                }
              };
            }
            """, transport)).ShouldBe($"relay {transport}");

    /// <summary>A browser that is given an ICE server at the media port's own address takes nothing from there directly.</summary>
    [Fact]
    public async Task Lesson_WithEveryIceServerOfTheApi_GoesDirectlyByUdp() =>
        (await HearAsync("""
            (transport, iceServers) => {
              const Native = RTCPeerConnection;
              window.RTCPeerConnection = class extends Native {
                constructor() {
                  super({ iceServers });
                }
              };
            }
            """, "any")).ShouldMatch("^(host|prflx) udp$");

    [Fact]
    public async Task Lesson_ByIceTcpAlone_IsHeard() =>
        (await HearAsync("""
            () => {
              const Native = RTCPeerConnection;
              window.RTCPeerConnection = class extends Native {
                setRemoteDescription({ type, sdp }) {
                  return super.setRemoteDescription({ type, sdp: sdp.replace(/^a=candidate:.* udp .*\r\n/gim, '') });
                }
              };
            }
            """, "tcp")).ShouldBe("prflx tcp");

    private static string OwnAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(card => card.OperationalStatus == OperationalStatus.Up)
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(entry => entry.Address)
        .Where(address => address.AddressFamily == AddressFamily.InterNetwork)
        .OrderBy(IPAddress.IsLoopback)
        .First().ToString();

    /// <summary>Says by which kind of candidate the student heard the lesson.</summary>
    private async Task<string> HearAsync(string restriction, string transport)
    {
        // Chromium sends from the machine's own address, to which no answer comes from loopback: the server is to be there, too.
        await using var server = await ServerProcess.StartAsync(settings: new Dictionary<string, string> { ["Media:PublicAddresses"] = OwnAddress() });
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var teacher = await PlainPage.OpenAsync(Browser, server, Lesson);
        var ana = await PlainPage.OpenAsync(Browser, server, Lesson);
        var token = server.Tokens.Student(Lesson, "ana");
        var servers = await ana.Page.EvaluateAsync<string>(
            "async ([url, token]) => JSON.stringify((await (await fetch(url, { headers: { Authorization: `Bearer ${token}` } })).json()).iceServers)",
            new[] { $"{new Uri(server.Url, "/api/v1/ice-servers")}", token });
        await ana.Page.EvaluateAsync($"([transport, servers]) => ({restriction})(transport, JSON.parse(servers))", new[] { transport, servers });
        await ana.HearAsync(token);
        await teacher.SpeakAsync(server.Tokens.Teacher(Lesson, "teacher"));
        await api.SelectAsync("ana");
        await ana.Page.HearsAsync(6);
        return await ana.Page.EvaluateAsync<string>("""
            async () => {
              const report = await plain.pc.getStats();
              const { selectedCandidatePairId } = [...report.values()].find((one) => one.type === 'transport');
              const local = report.get(report.get(selectedCandidatePairId).localCandidateId);
              return `${local.candidateType} ${local.relayProtocol ?? local.protocol}`;
            }
            """);
    }
}
