using Microsoft.Playwright;
using Ttm.EndToEnd.Kit;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>What ttm-media.js tells an application when something is wrong.</summary>
public sealed class MediaModuleTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "algebra-3";

    [Fact]
    public async Task Token_FunctionThatFailsForAWhile_IsToldWithItsCauseAndAskedAgain()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var page = await OpenAsync(server);

        var told = await page.EvaluateAsync<string[]>("""
            async ([url, token]) => {
              const { listen } = await import('/ttm-media.js');
              const told = [];
              let asked = 0;
              const hearing = listen({ url, token: async () => {
                if (++asked < 3) throw new Error('the school is closed');
                return token;
              } });
              hearing.addEventListener('state', ({ detail: { state, error } }) =>
                told.push(error ? `${state} ${error.reason} ${error.status} ${error.final} ${error.message} (${error.cause.message})` : state));
              await hearing.ready;
              hearing.close();
              return told;
            }
            """, new[] { $"/whep/{Lesson}", server.Tokens.Student(Lesson, "ana") });

        const string failed = "connecting token 0 false the token function failed: the school is closed (the school is closed)";
        told.ShouldBe([failed, failed, "connected", "closed"]);
    }

    [Fact]
    public async Task Restart_WithoutASession_IsRefusedAndAsksTheServerNothing()
    {
        await using var server = await ServerProcess.StartAsync();
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var page = await OpenAsync(server);
        List<string> patched = [];
        page.Request += (_, request) =>
        {
            if (request.Method == "PATCH")
                patched.Add(new Uri(request.Url).AbsolutePath);
        };

        // At once, while it waits for the next try, connected, and closed.
        var outcomes = await page.EvaluateAsync<string[]>("""
            async ([url, token]) => {
              const { listen } = await import('/ttm-media.js');
              const outcomes = [];
              const restart = (one) => one.restart().then(() => outcomes.push('restarted'), ({ name, reason, message }) => outcomes.push(`${name} ${reason}: ${message}`));
              const waiting = listen({ url, token: () => Promise.reject(new Error('not yet')) });
              await restart(waiting);
              await new Promise((resolve) => waiting.addEventListener('state', resolve));
              await restart(waiting);
              waiting.close();
              const hearing = await listen({ url, token }).ready;
              await restart(hearing);
              hearing.close();
              await restart(hearing);
              return outcomes;
            }
            """, new[] { $"/whep/{Lesson}", server.Tokens.Student(Lesson, "ana") });

        const string refused = "MediaError transport: there is no session to restart";
        outcomes.ShouldBe([refused, refused, "restarted", refused]);
        patched.ShouldHaveSingleItem().ShouldNotContain("html");
    }

    /// <summary>A page of the server's own that does nothing by itself, since its link has no token.</summary>
    private async Task<IPage> OpenAsync(ServerProcess server)
    {
        var page = await Browser.OpenAsync(server.Url);
        await page.GotoAsync("/student.html");
        await Expect(page.Locator("#status")).ToContainTextAsync("not complete");
        return page;
    }
}
