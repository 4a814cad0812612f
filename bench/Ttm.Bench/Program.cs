using System.Globalization;
using BenchmarkDotNet.Running;
using Ttm.Bench;
using Ttm.Bench.Turn;

// Whole-path figures are verbs of their own; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["relay", ..]:
        await RelayCost.RunAsync(args.Length > 1 ? [.. args[1..].Select(int.Parse)] : [10, 50, 100]);
        break;
    case ["recorder", ..]:
        RecorderFloor.Run();
        break;
    case ["memory", ..]:
        await RecorderMemory.RunAsync();
        break;
    case ["lesson", ..]:
        await LongLesson.RunAsync(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 8);
        break;
    case ["turn"]:
        await TurnCost.RunAsync();
        break;
    case ["turn-node", var kind]:
        await TurnNodes.RunNodeAsync(kind);
        break;
    case ["join", var server]:
        await JoinTime.RunAsync(server);
        break;
    case ["janus", var url, var pid, ..]:
        await JanusEcho.RunAsync(new Uri(url), int.Parse(pid, CultureInfo.InvariantCulture), [.. args[3..].Select(count => int.Parse(count, CultureInfo.InvariantCulture))]);
        break;
    case ["join"]:
        await Console.Error.WriteLineAsync("join wants the path of ttm-server.");
        return 2;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(PacketBenchmarks).Assembly).Run(args);
        break;
}

return 0;
