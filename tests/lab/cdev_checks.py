def judge(share, cli):
    return 1
