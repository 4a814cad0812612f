using BenchmarkDotNet.Running;
using Ttm.Bench;

// Whole-path figures are verbs of their own; everything else is BenchmarkDotNet's.
switch (args)
{
    case ["relay", ..]:
        await RelayCost.RunAsync(args.Length > 1 ? [.. args[1..].Select(int.Parse)] : [10, 50, 100]);
        break;
    case ["recorder", ..]:
        RecorderFloor.Run();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
