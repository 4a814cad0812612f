namespace Ttm.Server.Operations.Admission;

/// <summary>How busy the server is.</summary>
/// <param name="Cpu">In cores.</param>
/// <param name="Backlog">Recordings of an earlier process that are being encoded, with whatever time is left.</param>
/// <param name="FreeBytes">On the spool's disk; null where nothing is recorded.</param>
internal readonly record struct NodeLoad(double Cpu, int Cores, TimeSpan LoopLag, TimeSpan TranscoderLag, int Backlog, int UploadsWaiting, long? FreeBytes);
