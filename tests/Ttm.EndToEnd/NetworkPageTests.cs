using System.Text.RegularExpressions;
using Ttm.EndToEnd.Kit;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>What the network test says to ask for.</summary>
public sealed class NetworkPageTests(Browser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task NetworkPage_EventsHeldBack_AsksForTheProxyNotForTheUdpRule()
    {
        await using var server = await ServerProcess.StartAsync(settings: new Dictionary<string, string> { ["Media:PublicAddresses"] = $"{UdpProxy.OwnAddress}" });
        var page = await Browser.OpenAsync(server.Url);
        await page.RouteAsync(new Regex("/network/events"), route => route.AbortAsync());
        await page.GotoAsync(await server.CreateNetworkLinkAsync());

        await Expect(page.Locator("#verdict")).ToHaveAttributeAsync("data-state", "fair", new() { Timeout = 20_000 });
        await Expect(page.Locator("[data-way='udp']")).ToHaveAttributeAsync("data-state", "works");
        await Expect(page.Locator("[data-way='events']")).ToHaveAttributeAsync("data-state", "blocked");
        await Expect(page.Locator("#advice")).ToHaveTextAsync("Lesson updates are held back by a proxy. Ask for this host to bypass it.");
    }

    [Fact]
    public async Task Judge_WhatWorks_GivesTheVerdictAndItsAdvice()
    {
        await using var server = await ServerProcess.StartAsync();
        var page = await Browser.OpenAsync(server.Url);
        await page.GotoAsync("/network");
        foreach (var (works, verdict) in new[]
                 {
                     ("https events udp tcp turnUdp", "good: network.good.advice"),
                     ("http events turnUdp", "good: network.good.advice"),
                     ("https events tcp", "fair: network.fair.tcp"),
                     ("https events turnTls", "fair: network.fair.tcp"),
                     ("https udp", "fair: network.fair.events"),
                     ("https tcp", "fair: network.fair.tcp network.fair.events"),
                     ("https events", "bad: network.bad.advice"),
                     ("events udp tcp turnUdp", "bad: network.bad.advice"),
                 })
        {
            var judged = await page.EvaluateAsync<string>("""
                async (works) => {
                  const { judge } = await import('/network/ways.js');
                  const ids = ['https', 'http', 'events', 'udp', 'tcp', 'turnUdp', 'turnTcp', 'turnTls'];
                  const { state, advice } = judge(ids.map((id) => ({ id, state: works.split(' ').includes(id) ? 'works' : 'blocked' })));
                  return `${state}: ${advice.join(' ')}`;
                }
                """, works);
            judged.ShouldBe(verdict, works);
        }
    }
}
