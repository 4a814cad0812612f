using System.Text.Json;
using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using Ttm.Testing;

namespace Ttm.EndToEnd.Pages;

/// <summary>An empty page of another origin, in which a test talks WHIP or WHEP by RTCPeerConnection and fetch alone.</summary>
internal sealed class PlainPage
{
    private readonly Uri _server;
    private readonly string _lesson;

    private PlainPage(IPage page, ServerProcess server, string lesson)
    {
        Page = page;
        _server = server.Url;
        _lesson = lesson;
    }

    public IPage Page { get; }

    public static async Task<PlainPage> OpenAsync(Browser browser, ServerProcess server, string lesson)
    {
        var page = await browser.OpenAsync(server.Url);
        await page.GotoAsync(browser.PlainSite.ToString());
        return new(page, server, lesson);
    }

    public Task SpeakAsync(string token) =>
        Page.EvaluateAsync("([url, token]) => plain.speak(url, token, '/signal.wav')", new[] { $"{new Uri(_server, $"/whip/{_lesson}")}", token });

    public Task HearAsync(string token) =>
        Page.EvaluateAsync("([url, token]) => plain.hear(url, token)", new[] { $"{new Uri(_server, $"/whep/{_lesson}")}", token });

    /// <summary>An ICE restart; waits until the new path carries the media.</summary>
    public async Task RestartAsync()
    {
        var result = await Page.EvaluateAsync<JsonElement>("plain.restart()");
        result.GetProperty("status").GetInt32().ShouldBe(200);
        result.GetProperty("changed").GetBoolean().ShouldBeTrue("a restart makes a new ETag");
        var ufrag = result.GetProperty("ufrag").GetString();
        await Until.SatisfiedAsync(() => Page.EvaluateAsync<string>("plain.path()"), path => path == ufrag, TimeSpan.FromSeconds(10), path => $"media still goes by {path}, not {ufrag}");
    }

    public async Task<int> RestartStatusAsync(string ifMatch) =>
        (await Page.EvaluateAsync<JsonElement>("ifMatch => plain.restart(ifMatch)", ifMatch)).GetProperty("status").GetInt32();

    public Task<int> RemoveAsync() => Page.EvaluateAsync<int>("plain.remove()");

    public Task<string?> HeaderAsync(string field) => Page.EvaluateAsync<string?>($"plain.{field}");

    public async Task<(int Packets, int Lost, long Ssrc)> StatsAsync(string type)
    {
        var stats = await Page.EvaluateAsync<JsonElement>("type => plain.stats(type)", type);
        return (stats.GetProperty("packets").GetInt32(), stats.GetProperty("lost").GetInt32(), stats.GetProperty("ssrc").GetInt64());
    }
}
