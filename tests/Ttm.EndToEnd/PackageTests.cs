using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ttm.EndToEnd.Kit;

namespace Ttm.EndToEnd;

/// <summary>ttm-media.js as others get it: packed by npm, installed, compiled against, minified.</summary>
public sealed partial class PackageTests
{
    private const int MostBytes = 10_000;

    // Each wrong line is an error that the types must find.
    private const string Consumer = """
        import { listen, microphones, MediaError, publish, type Publisher, type State } from 'ttm-media';

        const speaking: Publisher = publish({ url: '/whip/a', token: async () => 't', deviceId: 'x', constraints: { noiseSuppression: false }, bitrate: 32000 });
        speaking.addEventListener('state', ({ detail }) => {
          const state: State = detail.state;
          const status: number | undefined = detail.error instanceof MediaError ? detail.error.status : undefined;
          console.log(state, status);
        });
        speaking.addEventListener('level', ({ detail }) => console.log(detail.toFixed(2)));
        speaking.addEventListener('ended', ({ detail }) => console.log(detail.label));
        speaking.ready.then((same) => same.setDevice('y'));
        speaking.muted = true;
        const [first] = await microphones();
        await speaking.setDevice(first.deviceId);
        const hearing = listen({ url: new URL('https://a.example/whep/a'), token: 't', audio: new Audio() });
        hearing.addEventListener('blocked', () => hearing.play());
        hearing.volume = 0.5;
        const { loss, rtt } = await hearing.stats();
        console.log(loss + rtt);
        await hearing.restart().catch((error: MediaError) => error.reason === 'transport');
        hearing.addEventListener('state', ({ detail }) => detail.error?.reason === 'token' && hearing.close());
        // @ts-expect-error: a listener has no microphone
        hearing.muted = true;
        // @ts-expect-error: the endpoint is needed
        publish({ token: 't' });
        // @ts-expect-error: there is no such event
        speaking.addEventListener('blocked', () => {});
        // @ts-expect-error: a state is a word
        speaking.state === 1;
        """;

    [Fact]
    public async Task Package_FromItsTarball_ImportsInNode_AndCompilesInTypeScript()
    {
        using var project = await NodeProject.CreateAsync();
        await project.WriteAsync("import.mjs", "import * as ttm from 'ttm-media'; console.log(Object.keys(ttm).sort().join());");
        (await project.NodeAsync("import.mjs")).Trim().ShouldBe("MediaError,listen,microphones,publish");

        await project.WriteAsync("consumer.ts", Consumer);
        foreach (var resolution in new[] { "bundler", "nodenext" })
        {
            await project.NodeAsync(
                "node_modules/typescript/bin/tsc", "--noEmit", "--strict", "--target", "es2022", "--lib", "es2022,dom,dom.iterable",
                "--module", resolution == "bundler" ? "esnext" : "nodenext", "--moduleResolution", resolution, "consumer.ts");
        }
    }

    [Fact]
    public async Task Package_IsTheServersFile_WithTypesForEveryExport_AndSmall()
    {
        using var project = await NodeProject.CreateAsync();
        var packed = Path.Combine(project.Folder, "node_modules", "ttm-media");
        foreach (var file in new[] { "ttm-media.js", "ttm-media.d.ts" })
            File.ReadAllText(Path.Combine(packed, file)).ShouldBe(File.ReadAllText(Path.Combine(Repository.Pages, file)));
        Directory.GetFiles(packed).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(["LICENSE", "README.md", "example.html", "package.json", "ttm-media.d.ts", "ttm-media.js"]);

        await project.NodeAsync("node_modules/terser/bin/terser", "--module", "--compress", "--mangle", "--output", "minified.js", "node_modules/ttm-media/ttm-media.js");
        new FileInfo(Path.Combine(project.Folder, "minified.js")).Length.ShouldBeLessThan(MostBytes);
        File.ReadAllLines(Path.Combine(packed, "example.html")).Length.ShouldBeLessThanOrEqualTo(40);

        // One version for the server and its file.
        using var package = JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(packed, "package.json")));
        package.RootElement.GetProperty("version").GetString().ShouldBe(XDocument.Load(Path.Combine(Repository.Root, "Directory.Build.props")).Descendants("Version").Single().Value);
        File.ReadAllText(Path.Combine(packed, "README.md")).ShouldNotContain("](..", customMessage: "a link that leads out of the package");

        var exported = Exported().Matches(File.ReadAllText(Path.Combine(packed, "ttm-media.js"))).Select(match => match.Groups["name"].Value).Order();
        var typed = Exported().Matches(File.ReadAllText(Path.Combine(packed, "ttm-media.d.ts"))).Select(match => match.Groups["name"].Value).Order();
        typed.ShouldBe(exported);
    }

    [GeneratedRegex(@"^export (?:async )?(?:function|class) (?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex Exported();
}
