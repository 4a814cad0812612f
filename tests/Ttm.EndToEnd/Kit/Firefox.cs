using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ttm.Testing;
using WebDriverBiDi;
using WebDriverBiDi.BrowsingContext;
using WebDriverBiDi.Input;
using WebDriverBiDi.Script;
using WebDriverBiDi.Session;

namespace Ttm.EndToEnd.Kit;

/// <summary>
/// A real Firefox with a profile of its own, driven by WebDriver BiDi. Its microphone is the browser's own test tone; since it lets no sound run where
/// there is nowhere to play it, it has a sound server of its own.
/// </summary>
internal sealed partial class Firefox : IAsyncDisposable
{
    private static readonly string[] Names = ["firefox-esr", "firefox"];
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _profile = Directory.CreateTempSubdirectory("ttm-firefox-").FullName;
    private readonly BiDiDriver _driver = new(TimeSpan.FromSeconds(60));
    private Process? _sound;
    private Process? _process;

    public static async Task<Firefox> LaunchAsync()
    {
        var firefox = new Firefox();
        await firefox.StartAsync();
        return firefox;
    }

    /// <summary>A page in a window of its own: Firefox slows the timers of a tab behind another one.</summary>
    public async Task<FirefoxPage> OpenAsync(Uri url, int width, int height)
    {
        var opened = await _driver.BrowsingContext.CreateAsync(new CreateCommandParameters(CreateType.Window));
        var page = new FirefoxPage(_driver, opened.BrowsingContextId);
        await _driver.BrowsingContext.SetViewportAsync(new SetViewportCommandParameters { BrowsingContextId = opened.BrowsingContextId, Viewport = new Viewport { Width = (ulong)width, Height = (ulong)height } });
        await _driver.BrowsingContext.NavigateAsync(new NavigateCommandParameters(opened.BrowsingContextId, url.ToString()) { Wait = ReadinessState.Complete });
        return page;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _process, _sound })
        {
            if (process is { HasExited: false })
                process.Kill(entireProcessTree: true);
            process?.WaitForExit();
            process?.Dispose();
        }

        await _driver.DisposeAsync();
        Directory.Delete(_profile, recursive: true);
    }

    private async Task StartAsync()
    {
        await File.WriteAllLinesAsync(Path.Combine(_profile, "user.js"),
        [
            Preference("media.navigator.streams.fake", true),
            Preference("media.navigator.permission.disabled", true),
            Preference("media.autoplay.default", 0),
            // Without these Firefox leaves loopback out of its candidates, and hides the machine's addresses behind mDNS names.
            Preference("media.peerconnection.ice.loopback", true),
            Preference("media.peerconnection.ice.obfuscate_host_addresses", false),
            Preference("app.normandy.enabled", false),
            Preference("app.update.enabled", false),
            Preference("datareporting.policy.dataSubmissionEnabled", false),
            Preference("toolkit.telemetry.enabled", false),
            Preference("services.settings.server", "data:,#remote-settings-dummy/v1"),
            Preference("intl.accept_languages", "en-US"),
        ]);
        var start = new ProcessStartInfo(Find(), ["--headless", "--no-remote", "--profile", _profile, "--remote-debugging-port", "0", "about:blank"]) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["HOME"] = _profile;
        start.Environment["PULSE_SERVER"] = $"unix:{await StartSoundAsync()}";
        _process = Process.Start(start)!;
        _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
        using var limit = new CancellationTokenSource(StartLimit);
        await _driver.StartAsync($"{await ReadAddressAsync(_process.StandardError, limit.Token)}/session", limit.Token);
        await _driver.Session.NewSessionAsync(new NewCommandParameters());
    }

    private async Task<string> StartSoundAsync()
    {
        var socket = Path.Combine(_profile, "sound");
        var start = new ProcessStartInfo("pulseaudio",
        [
            "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disable-shm=yes", "--log-level=error",
            "--load=module-null-sink", $"--load=module-native-protocol-unix auth-anonymous=1 socket={socket}",
        ]);
        start.Environment["HOME"] = start.Environment["XDG_RUNTIME_DIR"] = _profile;
        _sound = Process.Start(start)!;
        await Until.TrueAsync(() => File.Exists(socket), StartLimit, () => "pulseaudio does not start");
        return socket;
    }

    private static string Preference(string name, object value) => $"user_pref(\"{name}\", {JsonSerializer.Serialize(value)});";

    private static async Task<string> ReadAddressAsync(StreamReader output, CancellationToken limit)
    {
        List<string> lines = [];
        while (await output.ReadLineAsync(limit) is { } line)
        {
            lines.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                _ = output.BaseStream.CopyToAsync(Stream.Null, CancellationToken.None);
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException($"Firefox has ended before it listened:\n{string.Join('\n', lines)}");
    }

    private static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return (from name in Names from folder in folders let file = Path.Combine(folder, name) where File.Exists(file) select file).FirstOrDefault()
            ?? throw new InvalidOperationException("No Firefox was found in PATH. Install it: apt-get install firefox-esr");
    }

    [GeneratedRegex("WebDriver BiDi listening on (ws://.+)")]
    private static partial Regex Listening();
}

/// <summary>One page of it, used by keyboard.</summary>
internal sealed class FirefoxPage(BiDiDriver driver, string context)
{
    public const string Enter = "\uE007";
    public const string Escape = "\uE00C";
    public const string Down = "\uE015";
    public const string Space = " ";
    private const string Tab = "\uE004";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    /// <summary>The value of an expression, awaited where it is a promise, as text; empty for null and undefined.</summary>
    public async Task<string> EvaluateAsync(string expression)
    {
        var result = await driver.Script.EvaluateAsync(new EvaluateCommandParameters($"(async () => String(await ({expression}) ?? ''))()", new ContextTarget(context), true));
        return result switch
        {
            EvaluateResultSuccess success => success.Result.As<StringRemoteValue>().Value,
            EvaluateResultException failure => throw new InvalidOperationException($"{expression}: {failure.ExceptionDetails.Text}"),
            _ => throw new InvalidOperationException(expression),
        };
    }

    public Task ShowsAsync(string selector, string text) => IsAsync($"document.querySelector({JsonSerializer.Serialize(selector)})?.textContent.trim()", text);

    /// <summary>Waits until the expression has that value.</summary>
    public Task IsAsync(string expression, string value) =>
        Until.SatisfiedAsync(() => EvaluateAsync(expression), found => found == value, Limit, found => $"{expression} is '{found}', not '{value}'");

    /// <summary>Waits until the expression is true.</summary>
    public Task TrueAsync(string expression) => IsAsync(expression, "true");

    public async Task PressAsync(params string[] keys)
    {
        var source = new KeySourceActions("keyboard");
        foreach (var key in keys)
        {
            source.Actions.Add(new KeyDownAction(key));
            source.Actions.Add(new KeyUpAction(key));
        }

        var actions = new PerformActionsCommandParameters(context);
        actions.Actions.Add(source);
        await driver.Input.PerformActionsAsync(actions);
    }

    public Task TypeAsync(string text) => PressAsync([.. text.Select(letter => letter.ToString())]);

    /// <summary>By the tabulator alone, as somebody without a mouse gets there.</summary>
    public async Task TabToAsync(string selector)
    {
        for (var i = 0; i < 40; i++)
        {
            if (await EvaluateAsync($"document.activeElement.matches({JsonSerializer.Serialize(selector)})") == "true")
                return;
            await PressAsync(Tab);
        }

        throw new InvalidOperationException($"{selector} cannot be reached by the tabulator.");
    }

    public async Task<byte[]> ScreenshotAsync() =>
        Convert.FromBase64String((await driver.BrowsingContext.CaptureScreenshotAsync(new CaptureScreenshotCommandParameters(context))).Data);
}
